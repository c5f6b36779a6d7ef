import Foundation
import Logging
import Reporting

/// Writes log lines to standard error: `2026-11-24T13:37:54Z warning train: what happened`.
///
/// On a terminal a line first erases the progress that stands there, which is drawn anew the next
/// moment. A line that cannot be written is lost: nothing may fail for it.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    private let label: String
    private let lineStart = Terminal.lineStart(
        of: STDERR_FILENO,
        environment: ProcessInfo.processInfo.environment
    )

    /// Begins a log of one part of the program.
    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Prints a line of another program's, such as a worker's on another machine, as it is but for
    /// what a terminal would obey.
    static func printLine(_ text: String) {
        let start = Terminal.lineStart(
            of: STDERR_FILENO,
            environment: ProcessInfo.processInfo.environment
        )
        let line =
            start
            + text.split(separator: "\t", omittingEmptySubsequences: false)
            .map { Sentence.onOneLine(String($0)) }.joined(separator: "\t")
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }
        let time = Date().formatted(.iso8601)
        let text = "\(event.message)"
        // What went wrong may hold anybody's words; what to do next must stay whole.
        let message = event.level >= .warning ? Sentence.bounded(text) : Sentence.onOneLine(text)
        let line = "\(time) \(event.level) \(label):\(values.joined()) \(message)"
        try? FileHandle.standardError.write(contentsOf: Data("\(lineStart)\(line)\n".utf8))
    }
}
