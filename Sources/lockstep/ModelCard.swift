import Checkpoints
import Configuration
import Figures
import Foundation
import JSON
import Model
import Training
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
            "epochs": "\(result.epochs.count)",
            "steps": "\(result.position.completedStepCount)",
        ]
        if let test = result.test {
            entries["test_loss"] = "\(test.loss)"
            entries["test_accuracy"] = "\(test.accuracy)"
        }
        if let validation = result.epochs.last?.validation {
            entries["val_loss"] = "\(validation.loss)"
            entries["val_accuracy"] = "\(validation.accuracy)"
        }
        return entries
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
            "epochLossSumBits", "epochCorrectCount", "epochSampleCount", "runID",
        ]
        return file.metadata.filter { !own.contains($0.key) }.merging([
            "input": transform.geometry.rawValue, "scale": transform.scale.rawValue,
        ]) { $1 }
    }
}
