import ArgumentParser
import Configuration
import Foundation
import MNIST

/// The data set that a finished model is tried on, named as `train` takes it.
struct DatasetOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder with the IDX files, of which the two of the test set are enough (default: LOCKSTEP_DATASET, else bundled: MNIST as it ships).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var dataset: String?

    /// Loads its test images.
    ///
    /// - Throws: `ConfigurationError` when the text is no path, `MNISTError` when the files cannot
    ///   be used.
    func loadTest() throws -> LabeledImages {
        let variable = Setting.of("dataset").variable
        let configuration = try RunConfiguration.resolve(
            commandLine: dataset.map { ["dataset": $0] } ?? [:],
            environment: ProcessInfo.processInfo.environment.filter { $0.key == variable },
            yaml: nil
        )
        // The shell leaves a ~ behind `=`, and in a variable's text, as it is.
        return try MNISTDataset.loadTest(
            directory: configuration.dataset.map { NSString(string: $0).expandingTildeInPath }
        )
    }
}
