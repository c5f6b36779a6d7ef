import Checkpoints
import Figures
import Model
import TrainingDriver

/// The model of the epoch with the lowest validation loss, in a file of the run's folder.
///
/// Its copy is made on the caller's thread, its file by the writer of checkpoints.
final class BestModel: BestModelKeeper {
    private let path: String
    private let input: InputTransform
    private let writer: CheckpointWriter
    private let table: TensorTable
    /// Epochs before this one do not count: what came after them was taken back.
    private var firstEpochIndex = 0

    /// Writes to a path, ahead of the checkpoint of the same epoch.
    init(path: String, input: InputTransform, writer: CheckpointWriter, table: TensorTable) {
        self.path = path
        self.input = input
        self.writer = writer
        self.table = table
    }

    func forget(epochCount: Int) { firstEpochIndex = epochCount }

    func keepBest(of epochs: [EpochRecord], _ numbers: LeNetNumbers) {
        guard epochs.count > firstEpochIndex,
            let best = EpochRecord.best(of: Array(epochs[firstEpochIndex...])),
            firstEpochIndex + best == epochs.count - 1
        else { return }
        let parameters = numbers.average ?? numbers.parameters
        let file = File(
            path: path,
            table: table,
            parameters: Array(UnsafeRawBufferPointer(parameters.bytes)),
            metadata: [
                "input": input.geometry.rawValue, "scale": input.scale.rawValue,
                "epoch": "\(epochs.count)",
            ]
        )
        writer.writeFirst { () throws(CheckpointError) in try file.write() }
    }

    /// A file that is to be written.
    private struct File: Sendable {
        let path: String
        let table: TensorTable
        let parameters: [UInt8]
        let metadata: [String: String]

        func write() throws(CheckpointError) {
            try parameters.withUnsafeBytes { bytes in
                Result { () throws(CheckpointError) in
                    try ModelFile.write(
                        path: path,
                        parameters: bytes,
                        table: table,
                        metadata: metadata
                    )
                }
            }.get()
        }
    }
}
