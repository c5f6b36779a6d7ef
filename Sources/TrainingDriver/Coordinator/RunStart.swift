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
    /// What bounds how many workers ask to join within a time.
    package let joinLimit: JoinLimit

    /// Starts a run, or goes on with what a checkpoint says.
    package init(
        _ record: RunRecord = RunRecord(),
        settings: Coordinator.Settings,
        keepsGoing: Bool = false,
        joinLimit: JoinLimit = JoinLimit()
    ) {
        self.settings = settings
        self.keepsGoing = keepsGoing
        self.joinLimit = joinLimit
        goOn(with: record)
    }

    /// Goes on with what a checkpoint says, under the same settings.
    package mutating func goOn(with record: RunRecord) {
        settings.distrusted = record.distrusted
        settings.soleAnswers = record.soleAnswers
        position = record.position
        epochTotals = record.epochTotals
        epochs = record.epochs
    }
}
