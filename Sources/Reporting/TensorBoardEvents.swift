package import Figures
package import Foundation

/// A run's curves for TensorBoard, under the folders and tags of Keras's callback.
///
/// `train/` and `validation/` each hold an event file; in both, `epoch_loss` and `epoch_accuracy`
/// stand at the epoch's index (from 0), so that a run's curves lie beside Keras's. `train/` also
/// holds `batch_loss` and `batch_accuracy` at the run's step. A resumed run begins new files; what
/// it computes a second time has the same values, so its points lie on the earlier ones.
package final class TensorBoardEvents: Sendable {
    private let train: EventFileWriter
    private let validation: EventFileWriter?

    /// Begins the event files in the run's folder.
    ///
    /// - Throws: when a folder cannot be made or written to.
    package init(
        runFolder: String,
        validates: Bool,
        at time: Date
    ) throws(ReportError) {
        train = try EventFileWriter(folder: "\(runFolder)/train", at: time)
        validation =
            validates ? try EventFileWriter(folder: "\(runFolder)/validation", at: time) : nil
    }

    /// Appends a step's means.
    ///
    /// - Throws: when the disk does not take them.
    package func append(_ record: StepRecord, at time: Date) throws(ReportError) {
        let scalars = [
            Scalar(tag: "batch_loss", value: record.epoch.training.loss),
            Scalar(tag: "batch_accuracy", value: record.epoch.training.accuracy),
        ]
        try train.append(scalars, step: record.completedStepCount, at: time)
    }

    /// Appends an epoch's figures.
    ///
    /// - Throws: when the disk does not take them.
    package func append(_ record: EpochRecord, at time: Date) throws(ReportError) {
        try append(record.training, of: record, to: train, at: time)
        guard let validation, let metrics = record.validation else { return }
        try append(metrics, of: record, to: validation, at: time)
    }

    private func append(
        _ metrics: Metrics,
        of record: EpochRecord,
        to file: EventFileWriter,
        at time: Date
    ) throws(ReportError) {
        let scalars = [
            Scalar(tag: "epoch_loss", value: metrics.loss),
            Scalar(tag: "epoch_accuracy", value: metrics.accuracy),
        ]
        try file.append(scalars, step: record.epochIndex, at: time)
    }
}
