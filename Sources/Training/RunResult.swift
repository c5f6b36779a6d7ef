import Arithmetic
package import Checkpoints
package import Model
package import TrainingDriver
package import TrainingProtocol

/// The end of a run.
package struct RunResult: Sendable {
    /// The figures, and what ended the run.
    package var progress: RunProgress
    /// How far the run has come.
    package var position: Position
    /// Workers that gave wrong answers, and the steps for which only such a worker's word stands.
    package var trust: Trust
    /// How many messages came to nothing, by kind.
    package var droppedMessages: [String: Int]
    /// Since this start.
    package var duration: Duration
    /// What the coordinator's thread spent its time on.
    package var profile: CoordinatorProfile
    /// What the workers spent theirs on, of those that took leave.
    package var workerProfiles: [WorkerID: WorkerProfile]
    /// The parameters at the end.
    package var parameters: ParameterBuffer
    /// Their moving average at the end, where one is kept.
    package var average: ParameterBuffer?
    /// Where the last checkpoints went.
    package var writer: CheckpointWriter

    /// What has come of a run whose driver has served to its end.
    init<Carrier>(
        of driver: CoordinatorDriver<
            Carrier, LeNetNumbers, RunCheckpoints<LeNetNumbers, CheckpointWriter>,
            CoordinatorProfiler
        >
    ) {
        progress = driver.progress
        position = driver.machine.position
        trust = driver.machine.trust
        droppedMessages = driver.droppedMessages
        duration = driver.clock.now
        profile = driver.clock.result
        workerProfiles = driver.clock.workerProfiles
        parameters = driver.numbers.parameters
        average = driver.numbers.average
        writer = driver.keeper.writer
    }

    /// Whether all rounds were completed.
    package var outcome: Coordinator.Outcome { progress.outcome ?? .stopped }

    /// Whether the run came to its end with a model that is one.
    package var isComplete: Bool { outcome == .completed && progress.divergedStep == nil }
}
