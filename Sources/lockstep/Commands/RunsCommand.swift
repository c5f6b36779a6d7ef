import ArgumentParser
import Foundation
import HTMLReport
import Reporting
import Training

/// `lockstep runs`: the runs of a folder in a table.
struct RunsCommand: ParsableCommand {
    /// How the list is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    /// There is no such folder.
    struct NoFolder: Error, CustomStringConvertible {
        let path: String

        var description: String {
            "\(path): no folder was found where runs were expected; name the folder that holds them"
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs of a folder, those that go on too.",
        discussion: """
            The newest comes last. A run is training as long as a process of this machine trains in its folder, \
            and else complete, stopped, diverged, or interrupted: it can go on with --resume. Figures are of the \
            last epoch that was completed.
            """
    )

    @Argument(
        help: "The folder that holds the runs' folders, or one of these.",
        completion: .directory
    )
    var folder = "runs"

    @Option(help: ArgumentHelp("For people (text) or for programs (json).", valueName: "form"))
    var format = Format.text

    func run() throws {
        let path = NSString(string: folder).expandingTildeInPath
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        else { throw NoFolder(path: folder) }
        let list = RunList(runs: try Self.runs(in: path))
        switch format {
        case .json: try StandardOutput.write(try list.json())
        case .text where list.runs.isEmpty: Entry.complain(of: "\(folder) holds no run")
        case .text:
            let isTerminal = isatty(STDOUT_FILENO) == 1
            let width = isTerminal ? Terminal.columnCount(of: STDOUT_FILENO) : .max
            try StandardOutput.write(list.text(columnCount: width))
        }
    }

    /// The runs in the order of their starts.
    private static func runs(in path: String) throws -> [ReportedRun] {
        if let reading = try? RunReading(path: path) {
            return [reading.run(named: URL(fileURLWithPath: path).lastPathComponent)]
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        let runs = names.compactMap { name in
            (try? RunReading(path: "\(path)/\(name)"))?.run(named: name)
        }
        return runs.sorted { ($0.start ?? 0, $0.name) < ($1.start ?? 0, $1.name) }
    }
}
