import Foundation
import Logging
import Reporting

/// Writes log lines to standard error: `2026-11-24T13:37:54Z warning train: what happened`, or JSON.
///
/// On a terminal a line first erases the progress that stands there, which is drawn anew the next
/// moment. A line that cannot be written is lost: nothing may fail for it.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    private let label: String

    /// Begins a log of one part of the program.
    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line to standard error; where even that fails, nobody can be told.
    static func write(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\(lineStart)\(line)\n".utf8))
    }

    private static let lineStart = Terminal.lineStart(
        of: STDERR_FILENO,
        environment: ProcessInfo.processInfo.environment
    )

    private static var now: String { Date().formatted(.iso8601) }

    /// Prints a line of another program's, such as a worker's on another machine, as it is but for
    /// what a terminal would obey.
    static func printLine(_ text: String) {
        let line = text.split(separator: "\t", omittingEmptySubsequences: false)
            .map { Sentence.onOneLine(String($0)) }.joined(separator: "\t")
        switch LogFormat.ofProcess {
        case .text: write(line)
        case .json:
            write(LogRecord(time: now, level: "info", label: "remote", message: line).line)
        }
    }

    /// Prints what ends the program, or a part of its work: `lockstep: what happened`.
    static func complain(_ sentence: String) {
        switch LogFormat.ofProcess {
        case .text: write("lockstep: \(sentence)")
        case .json:
            let record = LogRecord(time: now, level: "error", label: "lockstep", message: sentence)
            write(record.line)
        }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        let text = "\(event.message)"
        // What went wrong may hold anybody's words; what to do next must stay whole.
        let message = event.level >= .warning ? Sentence.bounded(text) : Sentence.onOneLine(text)
        switch LogFormat.ofProcess {
        case .text:
            let values = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            Self.write("\(Self.now) \(event.level) \(label):\(values) \(message)")
        case .json:
            let record = LogRecord(
                time: Self.now,
                level: event.level.rawValue,
                label: label,
                message: message,
                fields: fields.isEmpty ? nil : fields
            )
            Self.write(record.line)
        }
    }
}
