import ArgumentParser
import Foundation
import Logging

/// How much a command says beside its results, on standard error.
struct LoggingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How much to say on standard error (default: LOCKSTEP_LOG_LEVEL, else info; notice for train and launch)",
            valueName: "level"
        )
    )
    var logLevel: LogLevel?

    @Option(
        help: ArgumentHelp(
            "How to say it: a line for people (text), or a JSON object a line, also for progress (json) (default: LOCKSTEP_LOG_FORMAT, else text)",
            valueName: "format"
        )
    )
    var logFormat: LogFormat?

    @Flag(
        name: [.customShort("q"), .long],
        help: "Show no progress, and say nothing but warnings and errors; results stay."
    )
    var quiet = false

    private static let variable = "LOCKSTEP_LOG_LEVEL"

    func validate() throws {
        let environment = ProcessInfo.processInfo.environment
        try Self.check(environment, Self.variable, LogLevel.self)
        try Self.check(environment, LogFormat.variable, LogFormat.self)
    }

    private static func check<Value: ExpressibleByArgument>(
        _ environment: [String: String],
        _ variable: String,
        _ type: Value.Type
    ) throws {
        guard let text = environment[variable], Value(argument: text) == nil else { return }
        throw ValidationError(
            "\(variable): '\(text)' where one of \(Value.allValueStrings.joined(separator: ", ")) was expected; write one of these, or unset it"
        )
    }

    /// A logger for one part of the program.
    func logger(_ label: String, otherwise level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: label) { StandardErrorLog(label: $0) }
        let variable = ProcessInfo.processInfo.environment[Self.variable]
        logger.logLevel =
            logLevel?.level ?? (quiet ? .warning : nil)
            ?? variable.flatMap(Logger.Level.init(rawValue:)) ?? level
        return logger
    }

    /// What a worker that this process starts is told, so that its lines look the same.
    var forWorkers: [String] { ["--log-format", LogFormat.ofProcess.rawValue] }
}

/// A logger's level, by name.
struct LogLevel: ExpressibleByArgument {
    let level: Logger.Level

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument) else { return nil }
        self.level = level
    }

    static var allValueStrings: [String] { Logger.Level.allCases.map(\.rawValue) }
}
