import ArgumentParser
import Configuration
import Foundation
import Model
import Training

/// What `train` and `coordinator` have in common: the settings and where the run is kept.
struct RunOptions: ParsableArguments {
    @OptionGroup(title: "Settings") var settings: SettingOptions

    @Option(
        help: ArgumentHelp(
            "The run's folder (default: LOCKSTEP_RUN_DIR, else runs/<date>-<time>).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var runDir: String?

    @Flag(
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

    @Flag(
        help:
            "Send payloads over TCP to workers of this machine too, instead of sharing memory with them."
    )
    var noSharedMemory = false

    @Option(
        help: ArgumentHelp(
            "Write what coordinator and workers spent the first steps' time on, for Perfetto or chrome://tracing.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var trace: String?

    @OptionGroup(title: "Logging") var logging: LoggingOptions

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
        guard let reset else { return [] }
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
        resume || (try? EnvironmentVariable.isSet(Self.resumeVariable)) == true
    }

    private static let resumeVariable = "LOCKSTEP_RESUME"

    private var folderPath: String? {
        runDir ?? ProcessInfo.processInfo.environment["LOCKSTEP_RUN_DIR"]
    }

    /// The run's folder, a new one where none was named.
    var folder: RunFolder { folderPath.map(RunFolder.init(path:)) ?? .unnamed() }

    /// The settings, with the data set's place as every working folder finds it; a run that goes on
    /// keeps its own where no other file is named.
    func configuration() throws(ConfigurationError) -> RunConfiguration {
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
