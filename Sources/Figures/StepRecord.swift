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
    /// Samples of a whole batch.
    package var batchSize: Int

    /// Takes the figures after a step.
    package init(
        epochIndex: Int,
        completedStepCount: Int,
        completedInEpochCount: Int,
        stepsPerEpoch: Int,
        training: Metrics,
        elapsed: Duration,
        elapsedStepCount: Int,
        batchSize: Int
    ) {
        self.epochIndex = epochIndex
        self.completedStepCount = completedStepCount
        self.completedInEpochCount = completedInEpochCount
        self.stepsPerEpoch = stepsPerEpoch
        self.training = training
        self.elapsed = elapsed
        self.elapsedStepCount = elapsedStepCount
        self.batchSize = batchSize
    }

    /// Training samples a second within `elapsed`.
    package var throughputSamplesPerSecond: Double {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Double(elapsedStepCount * batchSize) / seconds : 0
    }
}
