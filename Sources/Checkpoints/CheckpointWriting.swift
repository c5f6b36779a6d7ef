/// What became of one submission to a writer of checkpoints.
package enum CheckpointOutcome: Equatable, Sendable {
    /// It is on the disk.
    case saved(step: Int, CheckpointStore.Saved, took: Duration)
    /// It could not be written; older ones are untouched, and the next one is tried.
    case failed(step: Int, CheckpointError)
    /// A later one took its place.
    case superseded(step: Int)
    /// Another file that goes ahead of the checkpoints could not be written.
    case otherFailed(CheckpointError)
}

/// Writes a run's checkpoints, one after the other, while the run goes on.
package protocol CheckpointWriting: AnyObject {
    /// Copies the state and has it written; returns without waiting for the disk.
    ///
    /// - Parameters:
    ///   - slots: in the order of the names that the writer was told.
    ///   - isRequired: whether a later one may not take its place.
    /// - Precondition: each buffer has the size of the writer's table, and there is a slot a name.
    func submit(
        _ metadata: CheckpointMetadata,
        parameters: UnsafeRawBufferPointer,
        slots: [UnsafeRawBufferPointer],
        isRequired: Bool
    )
    /// Takes what has become of submissions since the last call, in the order it happened.
    func drainOutcomes() -> [CheckpointOutcome]
    /// Waits until everything submitted so far is on the disk or has failed.
    ///
    /// - Throws: what kept the last submission that was tried from being written.
    func finish() throws(CheckpointError)
}
