import Checkpoints
import Configuration
import Figures
import Foundation
import JSON
import Model
import Training
import TrainingDriver
import TrainingProtocol

/// What a model's file says of itself beside its numbers: who trained it on what, and how well.
///
/// Equal runs of the same build have equal cards, whatever their number of workers.
enum ModelCard {
    /// The entries that `model.safetensors` gets in its `__metadata__`.
    static func entries(
        of result: RunResult,
        _ configuration: RunConfiguration,
        datasetChecksum: String
    ) -> [String: String] {
        var entries = [
            "input": configuration.input.geometry.rawValue,
            "scale": configuration.input.scale.rawValue,
            "model": "LeNet-5",
            "version": VersionCommand.version,
            "commit": VersionCommand.commit,
            "dataset": datasetName(configuration.dataset),
            "datasetChecksum": datasetChecksum,
            "settings": StrictJSON.text(of: RunConfiguration.numericKeys(of: configuration)),
            "epochs": "\(result.progress.epochs.count)",
            "steps": "\(result.position.completedStepCount)",
        ]
        put(result.progress.test, result.progress.epochs.last?.validation, into: &entries)
        return entries
    }

    /// The entries that `ema.safetensors` gets: those of the model's card, with figures of its own.
    static func ofAverage(of result: RunResult, _ card: [String: String]) -> [String: String] {
        var card = card
        put(
            result.progress.averageTest,
            result.progress.epochs.last?.averageValidation,
            into: &card
        )
        return card
    }

    private static func put(
        _ test: Metrics?,
        _ validation: Metrics?,
        into entries: inout [String: String]
    ) {
        for (prefix, metrics) in [("test", test), ("val", validation)] {
            entries["\(prefix)_loss"] = metrics.map { "\($0.loss)" }
            entries["\(prefix)_accuracy"] = metrics.map { "\($0.accuracy)" }
        }
    }

    /// The folder's own name, for a path would tell of the machine.
    private static func datasetName(_ folder: String?) -> String {
        folder.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "MNIST"
    }

    /// What of a model's file goes along to a file of another format.
    ///
    /// Its checksums and the format's name are the file's own, and a checkpoint's entries beside its
    /// step are for going on alone.
    ///
    /// - Parameter transform: how images are brought in where it goes.
    static func shared(of file: ModelFile, _ transform: InputTransform) -> [String: String] {
        let own: Set = [
            "format", "formatVersion", "sha256", "metadataSHA256", "configuration", "extra",
            "epochLossSumBits", "epochCorrectCount", "epochSampleCount", "runID", "slots",
        ]
        return file.metadata.filter { !own.contains($0.key) }.merging([
            "input": transform.geometry.rawValue, "scale": transform.scale.rawValue,
        ]) { $1 }
    }
}
