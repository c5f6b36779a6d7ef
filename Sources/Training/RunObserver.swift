package import Checkpoints
package import TrainingDriver

/// Follows a run over a network, whose checkpoints are on a disk; every call comes from the
/// coordinator's thread and should return soon.
package protocol RunObserver: CoordinatorObserver {
    /// The coordinator is bound and waits for workers; sealed payloads go through a port of their
    /// own, if at all.
    func runWillStart(endpoint: String, payloadPort: Int?)
    /// An epoch is about to be told of, which leaves these numbers.
    func epochDidLeave(_ end: EpochEnd)
    /// A checkpoint was written, or was not.
    func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome)
}
