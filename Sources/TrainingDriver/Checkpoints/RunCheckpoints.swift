package import Checkpoints
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
        state.withBuffers { parameters, firstMoment, secondMoment in
            writer.submit(
                identity.metadata(of: record),
                parameters: parameters,
                firstMoment: firstMoment,
                secondMoment: secondMoment,
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
        numbers.restart(from: found.checkpoint)
        return record
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
    /// Goes on from a checkpoint; nothing is left of what was summed up.
    func restart(from checkpoint: Checkpoint)
}

/// The three flat buffers that a checkpoint holds.
package protocol StoredState {
    /// Lends the parameters, the first and the second moment for as long as `body` runs.
    func withBuffers(
        _ body: (
            _ parameters: UnsafeRawBufferPointer,
            _ firstMoment: UnsafeRawBufferPointer,
            _ secondMoment: UnsafeRawBufferPointer
        ) -> Void
    )
}
