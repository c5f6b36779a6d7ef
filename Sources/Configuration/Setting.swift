/// One row of the table of settings: its name in every source, its bounds and its effect.
package struct Setting: Sendable {
    /// The key in the YAML file, such as `batchSize`; the other names follow from it.
    package let key: String
    /// What the number counts, or empty.
    package let unit: String
    /// What the setting does, in one line.
    package let effect: String
    /// What values are accepted, in words.
    package let expected: String
    /// The words among what is accepted, such as `auto`.
    let words: [String]
    /// Whether another value gives another model.
    package let decidesResult: Bool
    /// The default's text.
    package let defaultText: String

    private let assign: @Sendable (String, inout RunConfiguration) -> Bool
    private let write: @Sendable (RunConfiguration) -> String

    init<Value>(
        _ key: String,
        _ path: any WritableKeyPath<RunConfiguration, Value> & Sendable,
        _ kind: ValueKind<Value>,
        unit: String = "",
        decidesResult: Bool = true,
        effect: String
    ) {
        self.key = key
        self.unit = unit
        self.effect = effect
        self.decidesResult = decidesResult
        expected = kind.expected
        words = kind.words
        defaultText = kind.write(RunConfiguration()[keyPath: path])
        assign = { text, configuration in
            guard let value = kind.read(text) else { return false }
            configuration[keyPath: path] = value
            return true
        }
        write = { kind.write($0[keyPath: path]) }
    }

    /// The flag of the command line, such as `--batch-size`.
    package var flag: String { "--" + nameParts.joined(separator: "-") }

    /// The environment's variable, such as `LOCKSTEP_BATCH_SIZE`.
    package var variable: String { "LOCKSTEP_" + nameParts.joined(separator: "_").uppercased() }

    /// What `--help` says: effect, default, unit, bounds.
    package var help: String {
        // A word such as `auto` counts nothing.
        let hasUnit = !unit.isEmpty && defaultText.first?.isNumber == true
        let start = effect.prefix(1).uppercased() + effect.dropFirst()
        return "\(start) (default: \(defaultText)\(hasUnit ? " \(unit)" : ""); \(expected))."
    }

    /// Writes the setting's value in `configuration` as every source takes it.
    package func text(in configuration: RunConfiguration) -> String { write(configuration) }

    /// Reads `text` into `configuration`; false, and nothing changed, when it is not accepted.
    func read(_ text: String, into configuration: inout RunConfiguration) -> Bool {
        assign(text, &configuration)
    }

    /// `batchSize` → `batch`, `size`.
    private var nameParts: [String] {
        var parts = [""]
        for character in key {
            if character.isUppercase { parts.append("") }
            parts[parts.count - 1] += character.lowercased()
        }
        return parts
    }
}
