package import Foundation

/// The Python that has the packages to compare with, such as PyTorch.
///
/// It is the program that `LOCKSTEP_PEER_PYTHON` names, else the virtual environment that
/// `Tests/Peers/setup` makes.
package enum PeerPython {
    private static let environment = ProcessInfo.processInfo.environment

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let named = environment["LOCKSTEP_PEER_PYTHON"]

    /// The virtual environment's Python, or nil; the list of packages is what the set-up puts there
    /// last, so one that was interrupted does not count.
    private static let installed: String? = {
        let folder = root.appending(path: ".build-peers/venv").path
        let isComplete = FileManager.default.fileExists(atPath: "\(folder)/requirements.txt")
        return isComplete ? "\(folder)/bin/python3" : nil
    }()

    /// Whether tests that compare with a peer run.
    ///
    /// Without a Python they are skipped, but where `LOCKSTEP_REQUIRE_PEERS` is 1 they run and
    /// fail.
    package static let isWanted =
        named != nil || installed != nil || environment["LOCKSTEP_REQUIRE_PEERS"] == "1"

    /// Why tests are skipped where `isWanted` is false.
    package static let wish = "needs Python with PyTorch and more; Tests/Peers/setup installs it"

    /// Runs a script and answers what it printed.
    ///
    /// - Parameters:
    ///   - script: the name of a file in the folder of `testFile`.
    ///   - arguments: what the script finds behind its name.
    ///   - testFile: the calling file.
    /// - Throws: ``PeerPythonError`` when there is no Python, when it cannot be started, and when
    ///   the script fails.
    package static func run(
        _ script: String,
        _ arguments: [String],
        besideFile testFile: String = #filePath
    ) throws -> Data {
        guard let python = named ?? installed else { throw PeerPythonError.missing }
        let folder = try TemporaryFolder()
        let complaints = folder.url.appending(path: "stderr")
        try Data().write(to: complaints)
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments =
            [URL(filePath: testFile).deletingLastPathComponent().appending(path: script).path]
            + arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: complaints)
        do {
            try process.run()
        } catch {
            throw PeerPythonError.notStarted(python, reason: error.localizedDescription)
        }
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = try String(contentsOf: complaints, encoding: .utf8)
            throw PeerPythonError.failed(script, process.terminationStatus, complaints: text)
        }
        return printed
    }
}

/// Why there is nothing to compare with.
package enum PeerPythonError: Error, Equatable, CustomStringConvertible {
    /// There is no Python with the packages.
    case missing
    /// The system did not start this program.
    case notStarted(String, reason: String)
    /// A script ended with a status other than 0, having written these complaints.
    case failed(String, Int32, complaints: String)

    package var description: String {
        switch self {
        case .missing:
            "LOCKSTEP_REQUIRE_PEERS is 1, but there is no Python to compare with; "
                + "run Tests/Peers/setup, or set LOCKSTEP_PEER_PYTHON"
        case .notStarted(let python, let reason):
            "starting \(python): \(reason); run Tests/Peers/setup, or set LOCKSTEP_PEER_PYTHON"
        case .failed(let script, let status, let complaints):
            "\(script) ended with status \(status) where 0 was expected:\n\(complaints)"
        }
    }
}
