/// The rounds of a run in their order, and the samples of each: a function of the run's sizes only.
package struct Schedule: Equatable, Sendable {
    /// The most samples of a shard; each shard of a round but the last has exactly this number.
    package static let shardSampleCountMax = 16

    /// Training samples an epoch visits, the validation split left out.
    package let trainingSampleCount: Int

    /// Samples of the validation split.
    package let validationSampleCount: Int

    /// Samples of the test set.
    package let testSampleCount: Int

    /// Samples of a step; the last step of an epoch may have fewer.
    package let batchSize: Int

    /// Epochs until the run ends.
    package private(set) var epochCount: Int

    /// Whether the run may end with any epoch: each is judged once it is recorded, and no step is
    /// made before.
    package var judgesEpochs = false

    /// Plans a run.
    ///
    /// - Precondition: there is at least one training sample, one sample a batch and one epoch; no
    ///   count is negative.
    package init(
        trainingSampleCount: Int,
        validationSampleCount: Int,
        testSampleCount: Int,
        batchSize: Int,
        epochCount: Int
    ) {
        precondition(
            trainingSampleCount > 0 && batchSize > 0 && epochCount > 0
                && validationSampleCount >= 0 && testSampleCount >= 0,
            "no schedule for \(trainingSampleCount) samples in batches of \(batchSize)"
        )
        self.trainingSampleCount = trainingSampleCount
        self.validationSampleCount = validationSampleCount
        self.testSampleCount = testSampleCount
        self.batchSize = batchSize
        self.epochCount = epochCount
    }

    /// The same, with an earlier end.
    ///
    /// - Precondition: `epochCount` is at least 1 and no more than before.
    package func ending(afterEpochs epochCount: Int) -> Schedule {
        precondition(
            (1...self.epochCount).contains(epochCount),
            "\(self.epochCount) epochs end after \(epochCount)"
        )
        var schedule = self
        schedule.epochCount = epochCount
        return schedule
    }

    /// Optimizer steps of an epoch.
    package var stepsPerEpoch: Int { (trainingSampleCount + batchSize - 1) / batchSize }

    /// Optimizer steps of the whole run.
    package var stepCount: Int { stepsPerEpoch * epochCount }

    /// The round that follows `position`; nil once all is done.
    ///
    /// An epoch's last step is followed by its validation, the last validation by the test.
    package func round(after position: Position) -> Round? {
        let recorded = position.recordedEpochCount
        if position.completedStepCount >= stepsPerEpoch * (recorded + 1) {
            return .validation(epochIndex: recorded)
        }
        if position.completedStepCount < stepCount {
            return .step(index: position.completedStepCount)
        }
        return position.isTested ? nil : .test
    }

    /// How far a run has come when `round` begins.
    package func position(before round: Round) -> Position {
        switch round {
        case .step(let index):
            Position(completedStepCount: index, recordedEpochCount: index / stepsPerEpoch)
        case .validation(let epochIndex):
            Position(
                completedStepCount: (epochIndex + 1) * stepsPerEpoch,
                recordedEpochCount: epochIndex
            )
        case .test: Position(completedStepCount: stepCount, recordedEpochCount: epochCount)
        }
    }

    /// The samples of a round: for a step, places in its epoch's shuffled order; otherwise places
    /// in the validation split or the test set.
    package func samples(of round: Round) -> Range<Int> {
        switch round {
        case .step(let index):
            let first = index % stepsPerEpoch * batchSize
            return first..<min(first + batchSize, trainingSampleCount)
        case .validation: return 0..<validationSampleCount
        case .test: return 0..<testSampleCount
        }
    }

    /// How many shards a round has.
    package func shardCount(of round: Round) -> Int {
        let perShard = Self.shardSampleCountMax
        return (samples(of: round).count + perShard - 1) / perShard
    }

    /// The samples of one subtree of a round, numbered as `samples(of:)` numbers them.
    package func samples(of subtree: Subtree, in round: Round) -> Range<Int> {
        let all = samples(of: round)
        let shards = subtree.shards(of: shardCount(of: round))
        let perShard = Self.shardSampleCountMax
        let first = all.lowerBound + shards.lowerBound * perShard
        return first..<min(all.lowerBound + shards.upperBound * perShard, all.upperBound)
    }
}
