import ArgumentParser
import Configuration
import Foundation
import MNIST

/// The data set that a finished model is tried on, named as `train` takes it.
struct DatasetOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder with the four IDX files (default: LOCKSTEP_DATASET, else bundled: MNIST as it ships).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var dataset: String?

    /// Loads it.
    ///
    /// - Throws: `ConfigurationError` when the text is no path, `MNISTError` when the files cannot
    ///   be used.
    func load() throws -> MNISTDataset {
        let variable = Setting.of("dataset").variable
        let configuration = try RunConfiguration.resolve(
            commandLine: dataset.map { ["dataset": $0] } ?? [:],
            environment: ProcessInfo.processInfo.environment.filter { $0.key == variable },
            yaml: nil
        )
        return try MNISTDataset.load(directory: configuration.dataset)
    }
}
