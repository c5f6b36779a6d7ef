import Arithmetic
package import Checkpoints
package import Figures
package import Model
import TrainingDriver
package import TrainingProtocol

/// The end of a run.
package struct RunResult: Sendable {
    /// Whether all rounds were completed.
    package var outcome: Coordinator.Outcome
    /// The step whose loss was no finite number, from 1, if that is why the run stopped.
    package var divergedStep: Int?
    /// How far the run has come.
    package var position: Position
    /// Every epoch's figures, those of earlier starts included.
    package var epochs: [EpochRecord]
    /// Over the test images, if the run was completed.
    package var test: Metrics?
    /// The same of the moving average of the parameters, where one is kept.
    package var averageTest: Metrics?
    /// The most workers that took part at once.
    package var workerCountMax: Int
    /// Workers that gave wrong answers, in the order in which they were found.
    package var distrusted: [WorkerID]
    /// The steps for which only such a worker's word stands.
    package var unverified: [SoleAnswers]
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
        outcome = driver.progress.outcome ?? .stopped
        divergedStep = driver.progress.divergedStep
        position = driver.machine.position
        epochs = driver.progress.epochs
        test = driver.progress.test
        averageTest = driver.progress.averageTest
        workerCountMax = driver.progress.workerCountMax
        distrusted = driver.machine.distrusted
        unverified = driver.machine.unverified
        droppedMessages = driver.droppedMessages
        duration = driver.clock.now
        profile = driver.clock.result
        workerProfiles = driver.clock.workerProfiles
        parameters = driver.numbers.parameters
        average = driver.numbers.average
        writer = driver.keeper.writer
    }

    /// Whether the run came to its end with a model that is one.
    package var isComplete: Bool { outcome == .completed && divergedStep == nil }
}
