package import Figures
package import TrainingProtocol
package import Transport

/// How a run stands, beside its figures.
package struct RunStanding: Sendable {
    /// What was carried since the start.
    package var traffic: Traffic
    /// What was leased since the start.
    package var leases: LeaseTally
    /// Workers that take part.
    package var workerCount: Int
    /// Those of them that compute; the others stand by.
    package var computingCount: Int
}

/// Follows a run; every call comes from the coordinator's thread and should return soon.
package protocol CoordinatorObserver: AnyObject {
    /// A step was applied.
    func stepDidEnd(_ record: StepRecord)
    /// How the run stands after that step, for those who ask.
    func runStands(_ standing: () -> RunStanding)
    /// A worker's answer for these shards of a round counts.
    func answerCounts(_ worker: WorkerID, _ round: Round, shards: Range<Int>)
    /// An epoch is about to be told of; each worker computed this number of its shards, validation
    /// included.
    func workersDidCompute(_ shardCounts: [WorkerID: Int], ofEpoch epochIndex: Int)
    /// An epoch was validated.
    func epochDidEnd(_ record: EpochRecord)
    /// A wrong answer was found too late, and the run goes on from a checkpoint before it.
    func runDidGoBack(to position: Position)
    /// Something happened that the operator should know.
    func didNotice(_ notice: Coordinator.Notice)
    /// Payloads to and from this worker go sealed from now on.
    func sealedLinkDidOpen(to worker: WorkerID)
    /// A worker asks to take part, and people are to call it so: by the machine and the process
    /// that it says it is, its number, and the name of its key.
    func workerWillJoin(_ worker: WorkerID, name: String)
    /// An invited worker's key was listed under this name.
    func workerWasEnrolled(name: String)
    /// Something came in that is no part of the run; told at a bounded rate.
    func didReceiveForeignBytes(reason: String, isKnock: Bool)
}

extension CoordinatorObserver {
    /// Does not ask.
    package func runStands(_ standing: () -> RunStanding) {}
    /// Takes no note.
    package func answerCounts(_ worker: WorkerID, _ round: Round, shards: Range<Int>) {}
    /// Takes no note.
    package func workersDidCompute(_ shardCounts: [WorkerID: Int], ofEpoch epochIndex: Int) {}
}
