import ArgumentParser
import Foundation

/// Variables of the environment that stand in for options which are no settings.
enum EnvironmentVariable {
    /// The value of `option`, else that of the variable.
    ///
    /// - Throws: `ValidationError` when neither is given.
    static func value(
        of option: String?,
        named flag: String,
        otherwise variable: String,
        to purpose: String
    ) throws -> String {
        if let value = option ?? ProcessInfo.processInfo.environment[variable] { return value }
        throw ValidationError(
            "\(purpose): no address was found where one was expected; add \(flag), or set \(variable)"
        )
    }

    /// Whether a variable says yes: `1` or `true`.
    static func isSet(_ variable: String) -> Bool {
        ["1", "true"].contains(ProcessInfo.processInfo.environment[variable])
    }
}
