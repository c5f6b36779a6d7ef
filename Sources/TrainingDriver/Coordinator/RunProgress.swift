package import Figures
package import TrainingProtocol

/// What has come of a run so far, as its coordinator tells it.
package struct RunProgress: Sendable {
    /// The epoch in progress.
    package var tally: EpochTally
    /// The figures of the epochs before, those of earlier starts included.
    package var epochs: [EpochRecord]
    /// Over the test images, once they were evaluated.
    package var test: Metrics?
    /// The same of the moving average of the parameters, where one is kept.
    package var averageTest: Metrics?
    /// The most workers that took part at once.
    package var workerCountMax = 0
    /// How the machine has said that the run has ended; nil as long as it has not.
    package var outcome: Coordinator.Outcome?
    /// The step at which the run's numbers stopped being finite, from 1, if that ends it.
    package var divergedStep: Int?
    /// The step that was applied and not told of yet, with its sums.
    var untoldStep: (index: Int, sums: LossSums)?

    /// Begins, or goes on with what a checkpoint says.
    init(_ start: RunStart, at now: Duration) {
        tally = EpochTally(totals: start.epochTotals, at: now)
        epochs = start.epochs
    }
}
