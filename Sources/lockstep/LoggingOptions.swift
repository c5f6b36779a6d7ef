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

    private static let variable = "LOCKSTEP_LOG_LEVEL"

    func validate() throws {
        guard let text = ProcessInfo.processInfo.environment[Self.variable],
            LogLevel(argument: text) == nil
        else { return }
        let levels = LogLevel.allValueStrings.joined(separator: ", ")
        throw ValidationError(
            "\(Self.variable): '\(text)' where one of \(levels) was expected; write one of these, or unset it"
        )
    }

    /// A logger for one part of the program.
    func logger(_ label: String, otherwise level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: label) { StandardErrorLog(label: $0) }
        let variable = ProcessInfo.processInfo.environment[Self.variable]
        logger.logLevel = logLevel?.level ?? variable.flatMap(Logger.Level.init(rawValue:)) ?? level
        return logger
    }
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
