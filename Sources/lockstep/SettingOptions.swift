import ArgumentParser
import Configuration
import Foundation

/// The settings of a run as options; names, bounds and help come from the one table of settings.
///
/// Their texts are checked where those of the file and the environment are, so that a mistake reads
/// the same. Numbers take whatever follows, so that `--seed -1` is told to be out of bounds.
struct SettingOptions: ParsableArguments {
    @Option(help: help("dataset"), completion: .directory) var dataset: String?
    @Option(help: help("input")) var input: String?
    @Option(help: help("scale")) var scale: String?
    @Option(parsing: .unconditional, help: help("validationSplit")) var validationSplit: String?
    @Option(parsing: .unconditional, help: help("batchSize")) var batchSize: String?
    @Option(parsing: .unconditional, help: help("epochs")) var epochs: String?
    @Option(parsing: .unconditional, help: help("seed")) var seed: String?
    @Option(parsing: .unconditional, help: help("workers")) var workers: String?
    @Option(parsing: .unconditional, help: help("checkpointEvery")) var checkpointEvery: String?
    @Option(parsing: .unconditional, help: help("checkpointsKept")) var checkpointsKept: String?
    @Option(parsing: .unconditional, help: help("verify")) var verify: String?
    @Option(parsing: .unconditional, help: help("logEvery")) var logEvery: String?
    @Flag(help: help("keepGoing")) var keepGoing = false
    @Option(parsing: .unconditional, help: help("untilAccuracy")) var untilAccuracy: String?
    @Option(parsing: .unconditional, help: help("earlyStopping")) var earlyStopping: String?

    /// What the discussions of `train` and `coordinator` say of the settings.
    static let sources = """
        Each setting may also be given as a variable, such as LOCKSTEP_BATCH_SIZE, or in a YAML file that --config or \
        LOCKSTEP_CONFIG names, such as `batchSize: 64`. The command line comes before variables, these before the file.
        """

    @Option(
        help: ArgumentHelp(
            "A YAML file of settings, such as Configs/mnist.yaml (default: LOCKSTEP_CONFIG, else none).",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
    @OptionGroup(title: "Augmentation") var augmentation: AugmentationOptions

    static func help(_ key: String) -> ArgumentHelp {
        ArgumentHelp("\(Setting.of(key).help)", valueName: key == "dataset" ? "folder" : "value")
    }

    /// The texts that were given, by the settings' keys.
    private var texts: [String: String] {
        let all: [(String, String?)] = [
            ("dataset", dataset), ("input", input), ("scale", scale),
            ("validationSplit", validationSplit), ("batchSize", batchSize), ("epochs", epochs),
            ("seed", seed), ("workers", workers),
            ("checkpointEvery", checkpointEvery), ("checkpointsKept", checkpointsKept),
            ("verify", verify), ("logEvery", logEvery), ("keepGoing", keepGoing ? "true" : nil),
            ("untilAccuracy", untilAccuracy), ("earlyStopping", earlyStopping),
        ]
        return Dictionary(
            uniqueKeysWithValues: (all + optimizer.texts + augmentation.texts).compactMap {
                key,
                text in
                text.map { (key, $0) }
            }
        )
    }

    /// Whether the data set is named beside the file of a run that goes on.
    var namesDataset: Bool {
        let environment = ProcessInfo.processInfo.environment
        return [dataset, config, environment["LOCKSTEP_CONFIG"]].contains { $0 != nil }
            || environment[Setting.of("dataset").variable] != nil
    }

    /// Resolves the settings: command line over environment over file over defaults.
    ///
    /// - Parameter fallbackFile: the file to read where neither `--config` nor `LOCKSTEP_CONFIG`
    ///   names one.
    func resolve(fallbackFile: String?) throws(ConfigurationError) -> RunConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let path = config ?? environment["LOCKSTEP_CONFIG"] ?? fallbackFile
        var yaml: (text: String, file: String)?
        if let path {
            let file = try ConfigurationFile(path: path)
            yaml = (file.text, file.name)
        }
        return try RunConfiguration.resolve(
            commandLine: texts,
            environment: environment,
            yaml: yaml
        )
    }
}
