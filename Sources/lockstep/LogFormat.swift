import ArgumentParser
import Foundation

/// How log lines and complaints are written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people: `2026-11-24T13:37:54Z warning train: what happened`.
    case text
    /// For programs: one JSON object a line.
    case json

    static let variable = "LOCKSTEP_LOG_FORMAT"

    /// What this process was told, also where its command line could not be understood.
    static let ofProcess = named(
        in: CommandLine.arguments,
        environment: ProcessInfo.processInfo.environment
    )

    private static func named(in arguments: [String], environment: [String: String]) -> LogFormat {
        let option = "--log-format"
        let behind = Array(zip(arguments, arguments.dropFirst())).last { $0.0 == option }?.1
        let joined = arguments.last { $0.hasPrefix(option + "=") }?.dropFirst(option.count + 1)
        let text = behind ?? joined.map(String.init) ?? environment[variable]
        return text.flatMap(LogFormat.init(rawValue:)) ?? .text
    }
}

/// A log line for programs.
struct LogRecord: Encodable {
    let time: String
    let level: String
    let label: String
    let message: String
    /// What belongs to it, by name; nil for nothing.
    var fields: [String: String]?

    /// The object on one line.
    var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
