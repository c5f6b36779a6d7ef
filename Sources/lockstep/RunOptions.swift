import ArgumentParser
import Configuration
import Foundation
import Model
import Training

/// What the commands that coordinate a run have in common beside its settings: where it is kept, and what is said of it.
///
/// The settings are a group of their own, beside this one: a debug build checks each level of
/// groups in groups four times as long as the one above.
struct RunOptions: ParsableArguments {
    @OptionGroup(title: "Run folder") var place: PlaceOptions
    @OptionGroup(title: "Workers") var carriage: CarriageOptions
    @OptionGroup(title: "Monitoring") var monitoring: MonitoringOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    /// Where the run is kept, and what it begins with.
    struct PlaceOptions: ParsableArguments {
        @Option(
            name: [.customShort("o", allowingJoined: true), .long],
            help: ArgumentHelp(
                "The run's folder (default: LOCKSTEP_RUN_DIR, else runs/<date>-<time>).",
                valueName: "folder"
            ),
            completion: .directory
        )
        var runDir: String?

        @Flag(
            name: [.customShort("r"), .long],
            help:
                "Go on with the run in --run-dir, from its newest valid checkpoint (also: LOCKSTEP_RESUME=1)."
        )
        var resume = false

        @Option(
            help: ArgumentHelp(
                "Start from this model's parameters, with a fresh optimizer, instead of drawing them from the seed.",
                valueName: "file"
            ),
            completion: .file()
        )
        var initialModel: String?

        @Option(
            help: ArgumentHelp(
                "Layers of --initial-model to draw from the seed all the same, such as fc3 or fc2,fc3.",
                valueName: "layers"
            )
        )
        var reset: String?
    }

    /// How payloads get to workers.
    struct CarriageOptions: ParsableArguments {
        @Flag(
            help:
                "Send payloads over TCP to workers of this machine too, instead of sharing memory with them."
        )
        var noSharedMemory = false
    }

    /// What is said and shown of it.
    struct OutputOptions: ParsableArguments {
        @OptionGroup var logging: LoggingOptions

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "After how many seconds in which nothing else was said a line tells how the run goes; 0 is never",
                valueName: "seconds"
            )
        )
        var statusEvery = 30.0

        @Option(
            help: ArgumentHelp(
                "Write what coordinator and workers spent the first steps' time on, for Perfetto or chrome://tracing.",
                valueName: "file"
            ),
            completion: .file(extensions: ["json"])
        )
        var trace: String?

        func validate() throws {
            guard (0...86_400).contains(statusEvery) else {
                throw ValidationError(
                    "--status-every \(statusEvery) was found where 0 to 86,400 seconds were expected; choose one of these"
                )
            }
        }
    }

    /// What the run says beside its results.
    var logging: LoggingOptions { output.logging }

    /// Where the time's uses are written, if anywhere.
    var trace: String? { output.trace }

    /// The model to start from, if one is named.
    var initialModel: String? { place.initialModel }

    /// Whether no worker shares memory with the coordinator.
    var noSharedMemory: Bool { carriage.noSharedMemory }

    func validate() throws {
        _ = try EnvironmentVariable.isSet(Self.resumeVariable)
        if let folderPath, folderPath.hasPrefix("~"), RunFolder(path: folderPath).isUnknownHome {
            throw ValidationError(
                "opening the run's folder: '\(folderPath)' was found where the folder of a user of this machine was expected after ~; write the whole path, or ./\(folderPath)"
            )
        }
        if folderPath == "" {
            throw ValidationError(
                "opening the run's folder: an empty path was found where a folder's was expected; name one, or leave out --run-dir"
            )
        }
        if resumes, folderPath == nil {
            throw ValidationError(
                "resuming: no run's folder was named where one was expected; add --run-dir"
            )
        }
        if resumes, initialModel != nil {
            throw ValidationError(
                "starting: both --resume and --initial-model were found where one at most was expected; leave one out"
            )
        }
    }

    /// The layers that are drawn from the seed.
    ///
    /// - Throws: when a name is no layer's, and when there is no model to start from.
    func resetLayers() throws(UsageError) -> [LeNet.ResettableLayer] {
        guard let reset = place.reset else { return [] }
        guard initialModel != nil else {
            throw UsageError(
                "resetting layers: no --initial-model was found where one was expected; name the model whose other layers stay"
            )
        }
        let all = LeNet.ResettableLayer.all
        var layers: [LeNet.ResettableLayer] = []
        for name in reset.split(separator: ",", omittingEmptySubsequences: false) {
            guard let layer = all.first(where: { $0.name == name }) else {
                throw UsageError(
                    "resetting layers: '\(name)' was found where a layer was expected; the layers are \(all.map(\.name).joined(separator: ", "))"
                )
            }
            layers.append(layer)
        }
        return layers
    }

    /// Whether the run goes on.
    var resumes: Bool {
        // A text that is neither yes nor no was refused before.
        place.resume || (try? EnvironmentVariable.isSet(Self.resumeVariable)) == true
    }

    private static let resumeVariable = "LOCKSTEP_RESUME"

    private var folderPath: String? {
        place.runDir ?? ProcessInfo.processInfo.environment["LOCKSTEP_RUN_DIR"]
    }

    /// The run's folder, a new one where none was named.
    var folder: RunFolder { folderPath.map(RunFolder.init(path:)) ?? .unnamed() }

    /// What `settings` says, with the data set's place as every working folder finds it; a run that
    /// goes on keeps its own where no other file is named.
    func configuration(
        _ settings: SettingOptions
    ) throws(ConfigurationError) -> RunConfiguration {
        let folder = folder
        var configuration = try settings.resolve(
            fallbackFile: resumes && folder.holdsConfiguration ? folder.configurationPath : nil
        )
        if let dataset = configuration.dataset {
            configuration.dataset = folder.placed(
                dataset,
                isOfRun: resumes && !settings.namesDataset
            )
        }
        return configuration
    }
}
