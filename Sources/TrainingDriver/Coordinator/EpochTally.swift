package import Figures
package import TrainingProtocol

/// Adds up an epoch's steps into its loss, accuracy and pace.
package struct EpochTally {
    /// The totals of the epoch so far.
    package private(set) var totals: EpochTotals
    /// How many of the epoch's shards each worker's counted answers were of, validation included,
    /// since this start.
    package private(set) var shardCounts: [WorkerID: Int] = [:]
    private var latest = EpochTotals()
    private var start: Duration
    private var trainedSampleCount = 0
    private var trainedStepCount = 0
    private var trainingEnd: Duration

    /// Starts, or goes on with what a checkpoint's epoch had summed up.
    package init(
        totals: EpochTotals = EpochTotals(),
        at now: Duration
    ) {
        self.totals = totals
        start = now
        trainingEnd = now
    }

    /// Adds one step's sums; steps are added in their order, so that the sum is the same in every
    /// run.
    package mutating func add(_ sums: LossSums, sampleCount: Int, at now: Duration) {
        totals.add(sums, sampleCount: sampleCount)
        latest = EpochTotals(sums, sampleCount: sampleCount)
        trainedSampleCount += sampleCount
        trainedStepCount += 1
        trainingEnd = now
    }

    /// Counts the shards of an answer.
    package mutating func note(shardCount: Int, of worker: WorkerID) {
        shardCounts[worker, default: 0] += shardCount
    }

    /// The figures after the latest of the schedule's steps.
    package func stepRecord(after position: Position, in schedule: Schedule) -> StepRecord {
        let epochIndex = (position.completedStepCount - 1) / schedule.stepsPerEpoch
        return StepRecord(
            own: Metrics(of: latest),
            epoch: epochRecord(index: epochIndex, at: trainingEnd),
            completedStepCount: position.completedStepCount,
            completedInEpochCount: position.completedStepCount - epochIndex
                * schedule.stepsPerEpoch,
            elapsedStepCount: trainedStepCount
        )
    }

    /// The figures of the whole epoch, or of an epoch so far.
    package func epochRecord(index: Int, validation: Metrics? = nil, at now: Duration)
        -> EpochRecord
    {
        let trainingSeconds = (trainingEnd - start).seconds
        return EpochRecord(
            epochIndex: index,
            training: Metrics(of: totals),
            validation: validation,
            seconds: (now - start).seconds,
            throughputSamplesPerSecond: trainingSeconds > 0
                ? Double(trainedSampleCount) / trainingSeconds : 0
        )
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double { self / .seconds(1) }
}
