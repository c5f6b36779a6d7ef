package import Checkpoints
package import Model
package import TrainingProtocol

/// Mean loss and accuracy over some samples.
package struct Metrics: Equatable, Sendable, Codable {
    /// Mean loss, in nats.
    package var loss: Double
    /// Share of the samples whose likeliest class was their label.
    package var accuracy: Double

    /// Wraps both figures.
    package init(loss: Double, accuracy: Double) {
        self.loss = loss
        self.accuracy = accuracy
    }
}

/// The figures of one epoch.
package struct EpochRecord: Equatable, Sendable, Codable {
    /// Which epoch, from 0.
    package var epochIndex: Int
    /// Over the epoch's steps, each with the parameters before it.
    package var training: Metrics
    /// Over the validation split with the parameters at the epoch's end; nil where there is no
    /// split.
    package var validation: Metrics?
    /// From the epoch's start to the end of its validation, without the time that a stopped run was
    /// away.
    package var seconds: Double
    /// Training samples a second, validation left out.
    package var throughputSamplesPerSecond: Double
}

/// Where an epoch stands after a step.
package struct StepRecord: Equatable, Sendable {
    /// Which epoch, from 0.
    package var epochIndex: Int
    /// Steps of the run that were applied.
    package var completedStepCount: Int
    /// Steps of the epoch that were applied.
    package var completedInEpochCount: Int
    /// Steps of the whole epoch.
    package var stepsPerEpoch: Int
    /// Over the epoch's steps so far.
    package var training: Metrics
    /// Since the epoch's start, or since this start of the run if that was later.
    package var elapsed: Duration
    /// Steps applied within `elapsed`.
    package var elapsedStepCount: Int
}

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
    /// Where the last checkpoints went; nil for a run that leaves none.
    package var writer: CheckpointWriter?

    /// Whether the run came to its end with a model that is one.
    package var isComplete: Bool { outcome == .completed && divergedStep == nil }
}

/// Follows a run; every call comes from the coordinator's thread and should return soon.
package protocol RunObserver: AnyObject {
    /// The coordinator is bound and waits for workers; sealed payloads go through a port of their
    /// own, if at all.
    func runWillStart(endpoint: String, payloadPort: Int?)
    /// A step was applied.
    func stepDidEnd(_ record: StepRecord)
    /// An epoch was validated.
    func epochDidEnd(_ record: EpochRecord)
    /// A wrong answer was found too late, and the run goes on from a checkpoint before it.
    func runDidGoBack(to position: Position)
    /// A checkpoint was written, or was not.
    func checkpointWasHandled(_ outcome: CheckpointWriter.Outcome)
    /// Something happened that the operator should know.
    func didNotice(_ notice: Coordinator.Notice)
    /// Payloads to and from this worker go sealed from now on.
    func sealedLinkDidOpen(to worker: WorkerID)
    /// A worker asks to take part, and people are to call it so: by the machine and the process that
    /// it says it is, its number, and the name of its key.
    func workerWillJoin(_ worker: WorkerID, name: String)
    /// An invited worker's key was listed under this name.
    func workerWasEnrolled(name: String)
    /// Something came in that is no part of the run; told at a bounded rate.
    func didReceiveForeignBytes(reason: String, isKnock: Bool)
}
