import ArgumentParser
import Foundation
import HTMLReport
import Kernels
import Reporting
import Training

/// `lockstep report`: runs as one page.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show runs as one page for a browser, also while they go on.",
        discussion: """
            The page needs nothing beside it: curves of all runs overlaid, a table of them, and of each its \
            confusion matrix, misread digits, conv1's filters, workers, faults, time and settings. Of a run that \
            has no model yet the newest valid checkpoint is looked at. A page that this command wrote before is \
            replaced.
            """
    )

    @Argument(help: "Runs' folders.", completion: .directory)
    var runs: [String]

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The page to write, which ends in .html.", valueName: "file"),
        completion: .file(extensions: ["html"])
    )
    var target: String

    @Flag(help: "Replace a file of that name, whatever it is.")
    var force = false

    @OptionGroup var dataset: DatasetOption

    func validate() throws {
        let ending = NSString(string: target).pathExtension
        guard ["html", "htm"].contains(ending.lowercased()) else {
            throw ValidationError(
                "reporting: --to \(target) \(ending.isEmpty ? "has no ending" : "ends in .\(ending)") where .html was expected; name a file such as report.html"
            )
        }
    }

    func run() throws {
        let target = try TargetFile(target, replaces: force || Self.isPage(target))
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let readings = try runs.map { try RunReading(path: $0) }
        let time = Date()
        let shown = zip(Self.names(of: readings.map(\.folder.path)), readings).map {
            name,
            reading in
            var run = reading.run(named: name)
            do {
                run.findings = try reading.findings(on: dataset, kernels: kernels)
            } catch {
                run.notes.append(Sentence.bounded("\(error)"))
            }
            return run
        }
        try target.write(Array(ReportPage(shown, readAt: time).html.utf8))
        try StandardOutput.write("\(target.path)\n")
    }

    /// Whether a file is a page that this command wrote.
    private static func isPage(_ name: String) -> Bool {
        let path = NSString(string: name).expandingTildeInPath
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        let head = try? file.read(upToCount: ReportPage.beginning.utf8.count)
        return head == Data(ReportPage.beginning.utf8)
    }

    /// The folders' own names; whole paths where two of them are the same.
    private static func names(of paths: [String]) -> [String] {
        let short = paths.map { URL(fileURLWithPath: $0).lastPathComponent }
        return Set(short).count == short.count ? short : paths
    }
}
