import ArgumentParser
import Checkpoints
import Configuration
import Foundation
import MNIST
import Training

/// The data set that a finished model is tried on, named as `train` takes it.
struct DatasetOption: ParsableArguments {
    @Option(
        name: [.customShort("d", allowingJoined: true), .long],
        help: ArgumentHelp(
            "A folder with the IDX files, of which the two of the test set are enough (default: LOCKSTEP_DATASET, else bundled: MNIST as it ships).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var dataset: String?

    @Flag(
        help:
            "Images are stored column by column, as EMNIST's are (default: as those of the model's training)."
    )
    var transpose = false

    /// Loads its test images to try a model on; where none was named, those of the data set that a run trained on.
    ///
    /// - Throws: `ConfigurationError` when the text is no path, `MNISTError` when the files cannot
    ///   be used.
    func loadTest(for model: ModelFile, of run: RunFolder? = nil) throws -> LabeledImages {
        let reading = model.reading(isTransposed: transpose)
        let variable = Setting.of("dataset").variable
        let configuration = try RunConfiguration.resolve(
            commandLine: dataset.map { ["dataset": $0] } ?? [:],
            environment: ProcessInfo.processInfo.environment.filter { $0.key == variable },
            yaml: nil
        )
        let isNamed = dataset != nil || ProcessInfo.processInfo.environment[variable] != nil
        if !isNamed, let run, run.holdsConfiguration {
            let file = try ConfigurationFile(path: run.configurationPath)
            let trained = try RunConfiguration.resolve(
                commandLine: [:],
                environment: [:],
                yaml: (text: file.text, file: file.name)
            )
            return try MNISTDataset.loadTest(
                directory: trained.dataset.map { run.placed($0, isOfRun: true) },
                reading
            )
        }
        // The shell leaves a ~ behind `=`, and in a variable's text, as it is.
        return try MNISTDataset.loadTest(
            directory: configuration.dataset.map { NSString(string: $0).expandingTildeInPath },
            reading
        )
    }
}
