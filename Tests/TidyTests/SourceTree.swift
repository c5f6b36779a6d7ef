import Foundation

/// The project's own Swift files, as text.
struct SourceTree {
    /// One file.
    struct File {
        /// Its path from the package's root, such as `Sources/Model/Adam.swift`.
        let path: String
        /// Its lines, without their ends.
        let lines: [String]

        /// The folder below `Sources` or `Tests` that it belongs to.
        var module: String { String(path.split(separator: "/")[1]) }

        /// The file's name without its ending.
        var name: String { String(path.split(separator: "/").last!.dropLast(".swift".count)) }
    }

    let files: [File]

    /// Reads every Swift file below `folders`, generated ones left out.
    init(_ folders: [String]) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        files = try folders.flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
                .filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }
                .sorted()
                .map { path in
                    let text = try String(
                        contentsOf: root.appending(path: "\(folder)/\(path)"),
                        encoding: .utf8
                    )
                    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                    return File(path: "\(folder)/\(path)", lines: lines.map(String.init))
                }
        }
    }
}
