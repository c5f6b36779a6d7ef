import ArgumentParser
import Configuration
import Foundation

/// The settings of a run as options; names, bounds and help come from the one table of settings.
///
/// Their texts are checked where those of the file and the environment are, so that a mistake reads
/// the same. Numbers take whatever follows, so that `--seed -1` is told to be out of bounds.
struct SettingOptions: ParsableArguments {
    @OptionGroup(title: "Settings") var source: SourceOption
    @OptionGroup(title: "Training") var training: TrainingSettings
    @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
    @OptionGroup(title: "Augmentation") var augmentation: AugmentationOptions
    @OptionGroup(title: "Data") var data: DataSettings
    @OptionGroup(title: "Workers") var workers: WorkerSettings
    @OptionGroup(title: "Run folder") var record: RecordSettings

    /// The file that gives them.
    struct SourceOption: ParsableArguments {
        @Option(
            name: [.customShort("c", allowingJoined: true), .long],
            help: ArgumentHelp(
                "A YAML file of settings, such as Configs/mnist.yaml (default: LOCKSTEP_CONFIG, else none).",
                valueName: "file"
            ),
            completion: .file(extensions: ["yaml", "yml"])
        )
        var config: String?
    }

    /// What is trained, and how.
    struct TrainingSettings: ParsableArguments {
        @Option(
            name: [.customShort("e", allowingJoined: true), .long],
            parsing: .unconditional,
            help: help("epochs")
        )
        var epochs: String?
        @Option(
            name: [.customShort("b", allowingJoined: true), .long],
            parsing: .unconditional,
            help: help("batchSize")
        )
        var batchSize: String?
        @Option(
            name: [.customLong("lr"), .long],
            parsing: .unconditional,
            help: help("learningRate")
        )
        var learningRate: String?
        @Option(
            name: [.customShort("s", allowingJoined: true), .long],
            parsing: .unconditional,
            help: help("seed")
        )
        var seed: String?
        @Option(parsing: .unconditional, help: help("untilAccuracy"))
        var untilAccuracy: String?
        @Option(parsing: .unconditional, help: help("earlyStopping"))
        var earlyStopping: String?
        @Flag(help: help("keepGoing")) var keepGoing = false

        fileprivate var texts: [String: String?] {
            [
                "epochs": epochs, "batchSize": batchSize, "learningRate": learningRate,
                "seed": seed, "untilAccuracy": untilAccuracy, "earlyStopping": earlyStopping,
                "keepGoing": keepGoing ? "true" : nil,
            ]
        }
    }

    /// What it is trained on.
    struct DataSettings: ParsableArguments {
        @Option(
            name: [.customShort("d", allowingJoined: true), .long],
            help: help("dataset"),
            completion: .directory
        )
        var dataset: String?
        @Option(parsing: .unconditional, help: help("classes")) var classes: String?
        @Option(help: help("classNames")) var classNames: String?
        @Option(parsing: .unconditional, help: help("firstLabel")) var firstLabel: String?
        @Flag(help: help("transpose")) var transpose = false
        @Option(help: help("input")) var input: String?
        @Option(help: help("scale")) var scale: String?
        @Option(parsing: .unconditional, help: help("validationSplit"))
        var validationSplit: String?

        fileprivate var texts: [String: String?] {
            [
                "dataset": dataset, "classes": classes, "classNames": classNames,
                "firstLabel": firstLabel, "transpose": transpose ? "true" : nil, "input": input,
                "scale": scale,
                "validationSplit": validationSplit,
            ]
        }
    }

    /// Who computes.
    struct WorkerSettings: ParsableArguments {
        @Option(
            name: [.customShort("w", allowingJoined: true), .long],
            parsing: .unconditional,
            help: help("workers")
        )
        var workers: String?
        @Option(parsing: .unconditional, help: help("verify")) var verify: String?

        fileprivate var texts: [String: String?] { ["workers": workers, "verify": verify] }
    }

    /// What is kept of it.
    struct RecordSettings: ParsableArguments {
        @Option(parsing: .unconditional, help: help("checkpointEvery"))
        var checkpointEvery: String?
        @Option(parsing: .unconditional, help: help("checkpointsKept"))
        var checkpointsKept: String?
        @Option(parsing: .unconditional, help: help("logEvery")) var logEvery: String?

        fileprivate var texts: [String: String?] {
            [
                "checkpointEvery": checkpointEvery, "checkpointsKept": checkpointsKept,
                "logEvery": logEvery,
            ]
        }
    }

    /// What the discussions of `train` and `coordinator` say of the settings.
    static let sources = """
        Each setting may also be given as a variable, such as LOCKSTEP_BATCH_SIZE, or in a YAML file that --config or \
        LOCKSTEP_CONFIG names, such as `batchSize: 64`. The command line comes before variables, these before the file.
        """

    static func help(_ key: String) -> ArgumentHelp {
        ArgumentHelp("\(Setting.of(key).help)", valueName: key == "dataset" ? "folder" : "value")
    }

    /// The texts that were given, by the settings' keys.
    private var texts: [String: String] {
        [
            training.texts, optimizer.texts, augmentation.texts, data.texts, workers.texts,
            record.texts,
        ]
        .reduce(into: [:]) { all, texts in
            for case let (key, text?) in texts { all[key] = text }
        }
    }

    /// Whether the data set is named beside the file of a run that goes on.
    var namesDataset: Bool {
        let environment = ProcessInfo.processInfo.environment
        return [data.dataset, source.config, environment["LOCKSTEP_CONFIG"]].contains { $0 != nil }
            || environment[Setting.of("dataset").variable] != nil
    }

    /// Resolves the settings: command line over environment over file over defaults.
    ///
    /// - Parameter fallbackFile: the file to read where neither `--config` nor `LOCKSTEP_CONFIG`
    ///   names one.
    func resolve(fallbackFile: String?) throws(ConfigurationError) -> RunConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let path = source.config ?? environment["LOCKSTEP_CONFIG"] ?? fallbackFile
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
