/// One setting in which two runs differ.
package struct SettingDifference: Equatable, Sendable {
    /// The setting, or what the caller added.
    package var key: String
    /// What the first side has, as text.
    package var found: String
    /// What the second side has, as text.
    package var expected: String
}

extension RunConfiguration {
    /// Writes every setting as YAML that resolves to the same configuration.
    ///
    /// A data set's folder that is called `bundled` needs its `./` to be told from the word.
    package static func yamlText(of configuration: RunConfiguration) -> String {
        Setting.all.map { "\($0.key): \(scalar($0.text(in: configuration)))\n" }.joined()
    }

    /// The settings that decide the resulting model, by key, as canonical text.
    ///
    /// The data set is not among them: the caller adds the digest of its contents. Nor is the
    /// number of epochs, so that a run can be continued, unless the learning rate depends on it.
    package static func numericKeys(of configuration: RunConfiguration) -> [String: String] {
        let deciding = Setting.all.filter {
            $0.decidesResult || $0.key == "epochs" && configuration.epochsDecideResult
        }
        return Dictionary(
            uniqueKeysWithValues: deciding.map { ($0.key, $0.text(in: configuration)) }
        )
    }

    /// The keys whose texts differ, in the keys' order.
    ///
    /// A setting that one side lacks has its default there, as it had before there was that
    /// setting; but for the epochs, which decide nothing there, and then another key differs too.
    /// What else one side lacks is `nothing`.
    package static func differences(
        from found: [String: String],
        to expected: [String: String]
    ) -> [SettingDifference] {
        Set(found.keys).union(expected.keys).sorted().compactMap { key in
            let ofDefaults = Setting.named(key)?.defaultText
            guard let first = found[key] ?? ofDefaults, let second = expected[key] ?? ofDefaults
            else {
                return SettingDifference(
                    key: key,
                    found: found[key] ?? "nothing",
                    expected: expected[key] ?? "nothing"
                )
            }
            let isComparable = key != "epochs" || found[key] != nil && expected[key] != nil
            guard isComparable, first != second else { return nil }
            return SettingDifference(key: key, found: first, expected: second)
        }
    }

    /// A plain scalar where the text cannot be taken for anything else, else a double-quoted one.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy {
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_+-".utf8.contains($0)
        }
        if isPlain, text.first != "-" { return text }
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return "\"\(quoted)\""
    }
}
