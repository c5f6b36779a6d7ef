package import Foundation

/// A folder of its own for one test, gone with it.
package final class TemporaryFolder {
    /// Where it is.
    package let url: URL

    /// Makes an empty folder beside the system's other temporary files.
    ///
    /// - Throws: when the system makes none.
    package init() throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "lockstep-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Where it is, without a slash at the end.
    package var path: String { url.path }
}

/// Calls `body` with the path of a folder that is removed afterwards.
///
/// - Throws: when the system makes no folder, and what `body` throws.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) { try body(folder.path) }
}
