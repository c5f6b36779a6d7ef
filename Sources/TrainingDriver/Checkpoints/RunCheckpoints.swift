package import Checkpoints
package import Figures
package import TrainingProtocol

/// The checkpoints of a run, on a disk.
///
/// Belongs to the coordinator's thread; the writer may have one of its own.
package final class RunCheckpoints<Numbers: StoredNumbers, Writer: CheckpointWriting>:
    CheckpointKeeper
{
    /// A wrong answer has gone into every checkpoint that is left.
    package struct AllCorrupted: Error, Equatable, CustomStringConvertible {
        /// Where the checkpoints are.
        package let folder: String
        /// How many steps the newest checkpoint from before it would have, at most.
        package let stepCount: Int

        package var description: String {
            "\(folder): going back to before a wrong answer: no checkpoint of step \(stepCount) or before was found "
                + "where one was expected; start afresh in another --run-dir, with more --checkpoints-kept"
        }
    }

    /// Where checkpoints go.
    package let writer: Writer
    private let store: CheckpointStore
    /// What every checkpoint says about the run: its name, seed and settings.
    private let identity: RunIdentity
    /// Is told of what was written, or was not.
    package var checkpointWasHandled: (CheckpointOutcome) -> Void = { _ in }
    /// Keeps the best model; nil for nobody.
    package var best: (any BestModelKeeper<Numbers>)?

    /// Writes to, and reads from, the checkpoints of the run with this identity.
    package init(writer: Writer, store: CheckpointStore, identity: RunIdentity) {
        self.writer = writer
        self.store = store
        self.identity = identity
    }

    package func submit(_ record: RunRecord, _ numbers: Numbers, isRequired: Bool) {
        submit(record, numbers.state, isRequired: isRequired)
    }

    /// Hands a state to the writer.
    package func submit(_ record: RunRecord, _ state: Numbers.State, isRequired: Bool) {
        state.withBuffers { parameters, slots in
            writer.submit(
                identity.metadata(of: record),
                parameters: parameters,
                slots: slots,
                isRequired: isRequired
            )
        }
    }

    package func newest(before position: Position) -> Position? {
        try? writer.finish()
        let found = try? store.newest { Position(of: $0).isReached(by: position) }
        return found.map { Position(of: $0.checkpoint.metadata) }
    }

    package func goBack(to position: Position, _ numbers: Numbers) throws -> RunRecord {
        try? writer.finish()
        let found = try store.goBack { Position(of: $0).isReached(by: position) }
        guard let found else { throw corrupted(position) }
        let record = try RunIdentity.record(in: found.checkpoint.metadata)
        try numbers.restart(from: found.checkpoint)
        best?.forget(epochCount: record.epochs.count)
        return record
    }

    package func keepBest(of epochs: [EpochRecord], _ numbers: Numbers) {
        best?.keepBest(of: epochs, numbers)
    }

    private func corrupted(_ position: Position) -> AllCorrupted {
        AllCorrupted(folder: store.folder, stepCount: position.completedStepCount)
    }

    package func tellOutcomes() {
        for outcome in writer.drainOutcomes() { checkpointWasHandled(outcome) }
    }
}

/// Numbers that a checkpoint can hold.
package protocol StoredNumbers: CoordinatorNumbers {
    /// What a checkpoint holds of them.
    associatedtype State: StoredState
    /// What they are after the last step.
    var state: State { get }
    /// What the slots of the state are called, in their order.
    var slotNames: [String] { get }
    /// Goes on from a checkpoint; nothing is left of what was summed up.
    ///
    /// - Throws: when the checkpoint's slots are others.
    func restart(from checkpoint: Checkpoint) throws(RunIdentity.Unreadable)
}

/// The flat buffers that a checkpoint holds.
package protocol StoredState {
    /// Lends the parameters and the optimizer's slots for as long as `body` runs.
    func withBuffers(
        _ body: (
            _ parameters: UnsafeRawBufferPointer,
            _ slots: [UnsafeRawBufferPointer]
        ) -> Void
    )
}

/// Keeps the model of the epoch with the lowest validation loss, beside the checkpoints.
package protocol BestModelKeeper<Numbers>: AnyObject {
    /// What models are taken from.
    associatedtype Numbers
    /// Keeps the model of the last of these epochs, if it is the best of them so far.
    func keepBest(of epochs: [EpochRecord], _ numbers: Numbers)
    /// Forgets the epochs so far, whose best model may be one that was taken back.
    func forget(epochCount: Int)
}
