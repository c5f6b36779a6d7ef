import Checkpoints
import Figures
import Model
import TrainingDriver

/// The model of the epoch with the lowest validation loss, in a file of the run's folder.
///
/// Its copy is made on the caller's thread, its file wherever `write` is called.
struct BestModel {
    let path: String
    let input: InputTransform
    /// Epochs before this one do not count: what came after them was taken back.
    private var firstEpochIndex = 0

    init(path: String, input: InputTransform) {
        self.path = path
        self.input = input
    }

    /// Forgets the epochs so far, whose best model may be one that was taken back.
    mutating func forget(epochCount: Int) { firstEpochIndex = epochCount }

    /// What to write after the last of these epochs; nil if an earlier one was as good.
    func file(
        after epochs: [EpochRecord],
        _ optimizer: OptimizerBuffers,
        average: ParameterBuffer?
    ) -> File? {
        guard epochs.count > firstEpochIndex,
            let best = EpochRecord.best(of: Array(epochs[firstEpochIndex...])),
            firstEpochIndex + best == epochs.count - 1
        else { return nil }
        let parameters = average ?? optimizer.parameters
        return File(
            path: path,
            parameters: Array(UnsafeRawBufferPointer(parameters.bytes)),
            metadata: [
                "input": input.geometry.rawValue, "scale": input.scale.rawValue,
                "epoch": "\(epochs.count)",
            ]
        )
    }

    /// A file that is to be written.
    struct File: Sendable {
        let path: String
        let parameters: [UInt8]
        let metadata: [String: String]

        func write() throws(CheckpointError) {
            try parameters.withUnsafeBytes { bytes in
                Result { () throws(CheckpointError) in
                    try ModelFile.write(
                        path: path,
                        parameters: bytes,
                        table: RunBuilder.table,
                        metadata: metadata
                    )
                }
            }.get()
        }
    }
}
