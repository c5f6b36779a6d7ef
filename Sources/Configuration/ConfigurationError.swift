/// Where a setting's text came from.
package enum SettingSource: Equatable, Sendable, CustomStringConvertible {
    /// A flag of the command line, with its dashes.
    case flag(String)
    /// A variable of the environment.
    case variable(String)
    /// A key of a YAML file; lines count from 1.
    case file(String, line: Int?, key: String)

    package var description: String {
        switch self {
        case .flag(let name): name
        case .variable(let name): name
        case .file(let file, let line, let key):
            "\(file)\(line.map { ":\($0)" } ?? ""): \(key.quoted)"
        }
    }
}

/// What is wrong with a run's settings, as one sentence for the operator.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// No setting has that name; `nearest` is the one that was probably meant, in the same source's
    /// spelling.
    case unknownSetting(SettingSource, nearest: String?)
    /// The text is not a value of that setting; `nearest` is the word that was probably meant.
    case badValue(SettingSource, found: String, expected: String, nearest: String? = nil)
    /// Two settings cannot be together.
    case contradiction(found: String, expected: String, remedy: String)
    /// The key is there twice.
    case repeated(SettingSource)
    /// The file is not a YAML mapping of settings to values.
    case badFile(String, line: Int?, found: String, expected: String)
    /// The file cannot be read.
    case unreadable(String, reason: String)
    /// The run folder's settings are not those of this run; `found` is the folder's.
    case belongsToAnother(folder: String, key: String, found: String, expected: String)

    package var description: String {
        switch self {
        case .unknownSetting(let source, let nearest):
            "\(source): no such setting where one that lockstep train --help lists was expected; "
                + (nearest.map { "did you mean \($0)?" } ?? "correct it, or leave it out")
        case .badValue(let source, let found, let expected, let nearest):
            "\(source): \(found) where \(expected) was expected; "
                + (nearest.map { "did you mean \($0)?" }
                    ?? "write such a value, or leave it out for the default")
        case .contradiction(let found, let expected, let remedy):
            "reading the settings: \(found) where \(expected) was expected; \(remedy)"
        case .repeated(let source):
            "\(source): written twice where once was expected; remove one of them"
        case .badFile(let file, let line, let found, let expected):
            "\(file)\(line.map { ":\($0)" } ?? ""): \(found) where \(expected) was expected; "
                + "Configs/mnist.yaml shows the form"
        case .unreadable(let file, let reason):
            "\(file): \(reason) where a configuration in YAML was expected; "
                + "check the path that --config or LOCKSTEP_CONFIG gives"
        case .belongsToAnother(let folder, let key, let found, let expected):
            "\(folder): this run folder has \(key) \(found.shortened) where "
                + "\(expected.shortened) was expected; resume with the same "
                // The one key that is no setting is the checksum of the data set.
                + "\((Setting.named(key) ?? .of("dataset")).flag), or choose another --run-dir"
        }
    }
}

extension String {
    /// The text as it is, or quoted and cut when it would not read well inside a sentence.
    var shortened: String {
        let isPlain =
            !isEmpty && utf8.count <= 60
            && unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        return isPlain ? self : quoted
    }

    /// The first 60 scalars with control characters escaped, in quotes unless it is one word.
    fileprivate var quoted: String {
        let isWord = !isEmpty && utf8.count <= 60 && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        if isWord { return self }
        var text = ""
        for scalar in unicodeScalars.prefix(60) { text += scalar.escaped(asASCII: false) }
        return "\"\(text)\(unicodeScalars.count > 60 ? "…" : "")\""
    }
}
