/// Where an epoch stands after a step.
package struct StepRecord: Equatable, Sendable {
    /// The means over this step's samples alone, with the parameters before it.
    package var own: Metrics
    /// The epoch so far: over its steps until now, since its start, or since this start of the run
    /// if that was later.
    package var epoch: EpochRecord
    /// Steps of the run that were applied.
    package var completedStepCount: Int
    /// Steps of the epoch that were applied.
    package var completedInEpochCount: Int
    /// Those of them within the time that `epoch` tells.
    package var elapsedStepCount: Int

    /// Takes the figures after a step.
    package init(
        own: Metrics,
        epoch: EpochRecord,
        completedStepCount: Int,
        completedInEpochCount: Int,
        elapsedStepCount: Int
    ) {
        self.own = own
        self.epoch = epoch
        self.completedStepCount = completedStepCount
        self.completedInEpochCount = completedInEpochCount
        self.elapsedStepCount = elapsedStepCount
    }
}
