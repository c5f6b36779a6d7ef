extension RunConfiguration {
    /// Variables named `LOCKSTEP_…` that are not settings; one that ends in `_` is a prefix.
    private static let otherVariables = [
        "LOCKSTEP_CONFIG", "LOCKSTEP_RUN_DIR", "LOCKSTEP_RESUME", "LOCKSTEP_BIND",
        "LOCKSTEP_CONNECT", "LOCKSTEP_KERNELS", "LOCKSTEP_LOG_LEVEL", "LOCKSTEP_LOG_FORMAT",
        "LOCKSTEP_REQUIRE_PEERS",
        "LOCKSTEP_PEER_", "LOCKSTEP_KEYS", "LOCKSTEP_KEY_FILE", "LOCKSTEP_COORDINATOR_KEY",
        "LOCKSTEP_AUTHORIZED_WORKERS", "LOCKSTEP_WORKER_KEY",
    ]

    /// Resolves a run's settings: command line over environment over file over defaults.
    ///
    /// Every source is checked whole, also where another one overrides it.
    ///
    /// - Parameters:
    ///   - commandLine: the text given for each setting, by the setting's key (`batchSize`).
    ///   - environment: all variables of the process; those not named `LOCKSTEP_…` are passed over.
    ///   - yaml: the configuration file's text and the name that errors call it by.
    /// - Throws: at the first text that names no setting or is none of its values; where all are
    ///   right, at the first two that cannot be together.
    package static func resolve(
        commandLine: [String: String],
        environment: [String: String],
        yaml: (text: String, file: String)?
    ) throws(ConfigurationError) -> RunConfiguration {
        var configuration = RunConfiguration()
        if let yaml {
            try configuration.read(ConfigurationFile(text: yaml.text, name: yaml.file))
        }
        try configuration.read(environment: environment)
        for (key, text) in commandLine.sorted(by: { $0.key < $1.key }) {
            guard let setting = Setting.named(key) else {
                throw .unknownSetting(.flag("--\(key)"), nearest: Setting.meant(by: key)?.flag)
            }
            try configuration.read(text, of: setting, from: .flag(setting.flag))
        }
        try configuration.checkTogether()
        return configuration
    }

    private mutating func read(_ file: ConfigurationFile) throws(ConfigurationError) {
        for entry in try file.entries() {
            let source = SettingSource.file(file.name, line: entry.line, key: entry.key)
            guard let setting = Setting.named(entry.key) else {
                throw .unknownSetting(source, nearest: Setting.meant(by: entry.key)?.key)
            }
            try read(entry.value, of: setting, from: source)
        }
    }

    private mutating func read(
        environment: [String: String]
    ) throws(ConfigurationError) {
        let variables = Setting.all.map(\.variable)
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("LOCKSTEP_") {
            if let setting = Setting.all.first(where: { $0.variable == name }) {
                try read(text, of: setting, from: .variable(name))
            } else if !Self.otherVariables.contains(where: { Self.covers($0, name) }) {
                if let setting = Setting.called(String(name.dropFirst("LOCKSTEP_".count))) {
                    throw .unknownSetting(.variable(name), nearest: setting.variable)
                }
                let nearest = NearestName.find(name, among: variables)
                // Two edits in a long name and one in a short one are slips of the hand; any other
                // name may be another program's business.
                let editsMax = nearest.name.count > "LOCKSTEP_".count + 4 ? 2 : 1
                if nearest.edits <= editsMax {
                    throw .unknownSetting(.variable(name), nearest: nearest.name)
                }
            }
        }
    }

    private static func covers(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("_") ? name.hasPrefix(pattern) : name == pattern
    }

    private mutating func read(
        _ text: String,
        of setting: Setting,
        from source: SettingSource
    ) throws(ConfigurationError) {
        guard setting.read(text, into: &self) else {
            throw .badValue(
                source,
                found: text.shortened,
                expected: setting.expected,
                nearest: NearestName.suggestion(for: text, among: setting.words)
            )
        }
    }
}
