import ArgumentParser
import Configuration
import Foundation

/// What the argument parser has against a command line, in the form of all other complaints: one
/// sentence with what was found, what was expected and what to do.
struct ParserComplaint {
    private let message: String
    private let root: any ParsableCommand.Type
    /// The command's name, such as `lockstep train`.
    private let command: String

    /// Takes an error of the parser.
    init(_ error: any Error, of root: any ParsableCommand.Type) {
        self.root = root
        message = root.message(for: error)
        let whole = root.fullMessage(for: error)
        let name =
            whole.firstMatch(of: /See '(.+) --help'/).map { String($0.1) } ?? root._commandName
        command = name.hasPrefix("lockstep") ? name : "lockstep \(name)"
    }

    /// The sentence; a validation of ours has one already.
    var text: String {
        if let match = message.firstMatch(of: /^Unknown option '(.+?)'(?:$|\. Did you mean)/) {
            // The parser's own suggestions are far-fetched: --beta1 for --batch.
            let remedy =
                option(meantBy: String(match.1)).map { "did you mean \($0)?" }
                ?? "\(command) --help lists them"
            return "'\(match.1)' was found where an option of \(command) was expected; \(remedy)"
        }
        let unexpected = /^(?:Unexpected argument|\d+ unexpected arguments:) (.+)/
        if let match = message.firstMatch(of: unexpected) {
            let (were, them) = match.1.contains("', '") ? ("were", "them") : ("was", "it")
            return
                "\(match.1) \(were) found where \(command) expected no more; leave \(them) out, or see \(command) --help"
        }
        if let match = message.firstMatch(of: /^Missing value for '([^ ]+)(?: (<.+>))?'/) {
            return
                "\(match.1): nothing was found where its \(match.2 ?? "value") was expected; write it after the option"
        }
        if let match = message.firstMatch(
            of: /^The option '(.+?)' does not take any value, but '(.*)' was specified\./
        ) {
            return
                "\(match.1): '\(match.2)' was found where no value was expected; leave it out"
        }
        if let match = message.firstMatch(of: /^Missing expected argument '(.+?)'/) {
            return
                "nothing was found where \(command) expected \(match.1); name it, or see \(command) --help"
        }
        if let refusal { return refusal }
        // A sentence of ours may begin with a variable's name.
        guard message.contains(/^[A-Z][a-z]/) else { return message }
        return message.prefix(1).lowercased() + message.dropFirst() + "; see \(command) --help"
    }

    /// What values of a name look like.
    private static let forms = [
        "a..<b": "a range of whole numbers, such as 0..<1000,", "count": "a whole number",
        "count|auto": "a whole number from 1 to 1,024, or auto,", "index": "a whole number",
        "milliseconds": "a number of milliseconds", "samples": "a whole number",
        "seconds": "a number of seconds",
    ]

    /// What is said of a value that was not taken.
    private var refusal: String? {
        let form =
            /(?s)The value '(.*)' is invalid for '([^ ]+)( <.+>)?'(?:\. Please provide one of(?: the following:)?(.+?))?\.?/
        guard let match = message.wholeMatch(of: form) else { return nil }
        let found = "\(match.2): '\(match.1)' was found where"
        guard let list = match.4 else {
            let valueName = match.3.map { String($0.dropFirst(2).dropLast()) } ?? ""
            let expected = Self.forms[valueName] ?? "another\(match.3 ?? " value")"
            return "\(found) \(expected) was expected; see \(command) --help"
        }
        let values = list.replacing(/[\n'\-]+|\b(or|and)\b/, with: " ")
            .split(whereSeparator: { " ,".contains($0) }).joined(separator: ", ")
        let meant = NearestName.suggestion(
            for: String(match.1),
            among: values.components(separatedBy: ", ")
        )
        let remedy = meant.map { "did you mean \($0)?" } ?? "choose one of these"
        return "\(found) one of \(values) was expected; \(remedy)"
    }

    /// The option of the command that a mistyped one probably means.
    private func option(meantBy name: String) -> String? {
        // Too little stands behind the one dash of `-x` to guess from.
        guard name.hasPrefix("--") || name.count > 3 else { return nil }
        let words = command.split(separator: " ").dropFirst().map(String.init)
        let names = OptionNames.ofCommand(at: words, below: root)
        return NearestName.suggestion(for: name, among: names)
    }
}
