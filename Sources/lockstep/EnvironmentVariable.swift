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

    /// Whether a variable says yes, in one of the words that YAML 1.1 has for it; no where there is
    /// none, or it is empty.
    ///
    /// - Throws: `ValidationError` when it says neither yes nor no.
    static func isSet(_ variable: String) throws -> Bool {
        let text = ProcessInfo.processInfo.environment[variable] ?? ""
        switch text.lowercased() {
        case "1", "true", "yes", "on": return true
        case "", "0", "false", "no", "off": return false
        default:
            throw ValidationError(
                "\(variable): '\(text)' was found where yes or no was expected; write 1 or 0, or leave it out"
            )
        }
    }
}
