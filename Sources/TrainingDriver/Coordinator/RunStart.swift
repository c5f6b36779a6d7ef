package import Figures
package import TrainingProtocol
package import Transport

/// What a coordinator starts with, beside the run's numbers.
package struct RunStart {
    /// What the machine is told.
    package var settings: Coordinator.Settings
    /// Where to start.
    package private(set) var position = Position()
    /// What the epoch in progress had summed up.
    package private(set) var epochTotals = EpochTotals()
    /// The figures of the epochs before.
    package private(set) var epochs: [EpochRecord] = []
    /// Whether the run goes on once its loss is no finite number.
    package let keepsGoing: Bool
    /// When the run ends before its last epoch.
    package let stopping: StoppingRule
    /// What bounds how many workers ask to join within a time.
    package var joinLimit: JoinLimit
    /// The rounds, all epochs that the run may have among them.
    private let schedule: Schedule

    /// Starts a run, or goes on with what a checkpoint says.
    ///
    /// - Parameter joinLimit: nil for one that lets in the workers that the run waits for.
    package init(
        _ record: RunRecord = RunRecord(),
        settings: Coordinator.Settings,
        keepsGoing: Bool = false,
        stopping: StoppingRule = StoppingRule(),
        joinLimit: JoinLimit? = nil
    ) {
        self.settings = settings
        self.keepsGoing = keepsGoing
        self.stopping = stopping
        self.joinLimit = joinLimit ?? JoinLimit(expecting: settings.workerCountMin)
        var schedule = settings.schedule
        schedule.judgesEpochs = stopping.isActive
        self.schedule = schedule
        goOn(with: record)
    }

    /// Goes on with what a checkpoint says, under the same settings.
    ///
    /// Where its epochs are enough, what is left is the test.
    package mutating func goOn(with record: RunRecord) {
        settings.schedule = schedule
        if record.isBetweenEpochs(of: schedule), stopping.isEnough(record.epochs) {
            settings.schedule = schedule.ending(afterEpochs: record.epochs.count)
        }
        settings.distrusted = record.distrusted
        settings.soleAnswers = record.soleAnswers
        position = record.position
        epochTotals = record.epochTotals
        epochs = record.epochs
    }
}

extension RunRecord {
    /// Whether the run stands at the end of its last epoch.
    fileprivate func isBetweenEpochs(of schedule: Schedule) -> Bool {
        position.recordedEpochCount > 0
            && position.completedStepCount
                == position.recordedEpochCount * schedule.stepsPerEpoch
    }
}
