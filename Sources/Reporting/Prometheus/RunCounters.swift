package import Figures

/// What a coordinator has counted since its start: plain numbers, so that a copy is cheap.
package struct RunCounters: Sendable {
    /// Steps that were applied.
    package private(set) var stepCount = 0
    /// Training samples of these.
    package private(set) var sampleCount = 0
    /// How long steps took.
    package private(set) var stepDurations = DurationHistogram()
    /// Where the run stands; nil before its first step.
    package private(set) var step: StepRecord?
    /// The latest epoch that is over; nil before the first.
    package private(set) var epoch: EpochRecord?
    /// What travelled.
    package var carried = Carried()
    /// What was leased.
    package var leases = Leases()
    /// Who takes part.
    package var workers = Workers()
    /// Checkpoints.
    package var checkpoints = Checkpoints()
    /// What went wrong, but for lost workers.
    package var troubles = Troubles()

    /// What travelled between the coordinator and its workers.
    package struct Carried: Sendable {
        /// Messages, both ways.
        package var messageCount = 0
        /// Bytes to workers.
        package var sentSize = 0
        /// Bytes from workers.
        package var receivedSize = 0

        /// Has carried nothing yet.
        package init() {}
    }

    /// What was leased to workers.
    package struct Leases: Sendable {
        /// All of them.
        package var count = 0
        /// Those of what another worker held already.
        package var backupCount = 0
        /// Those whose worker did not answer in time.
        package var overdueCount = 0

        /// Has leased nothing yet.
        package init() {}
    }

    /// Who takes part.
    package struct Workers: Sendable {
        /// Those that compute.
        package var computingCount = 0
        /// Those that stand by.
        package var standbyCount = 0
        /// Those that were taken in.
        package var joinedCount = 0
        /// Those that went, by how.
        package var left = 0, disconnected = 0, silent = 0, distrusted = 0

        /// Has seen nobody yet.
        package init() {}

        /// Notes how many there are before it is known what they do.
        package mutating func are(_ count: Int) {
            standbyCount = min(standbyCount, count)
            computingCount = count - standbyCount
        }
    }

    /// What became of checkpoints.
    package struct Checkpoints: Sendable {
        /// Those that were written.
        package var savedCount = 0
        /// Those that could not be.
        package var failedCount = 0
        /// Those that gave way to a later one.
        package var supersededCount = 0

        /// Has seen none yet.
        package init() {}
    }

    /// What went wrong.
    package struct Troubles: Sendable {
        /// Rounds that took much longer than usual.
        package var overdueRoundCount = 0
        /// Returns to a checkpoint.
        package var wentBackCount = 0
        /// Messages that were none of the run's, as far as they were told of.
        package var foreignCount = 0

        /// Has seen none yet.
        package init() {}
    }

    /// Has counted nothing yet.
    package init() {}

    /// Counts a step.
    ///
    /// - Parameter sampleCount: how many samples it had.
    package mutating func note(_ record: StepRecord, sampleCount: Int) {
        // Validation lies between the steps of two epochs: an epoch's time begins behind it.
        let isSameEpoch =
            step.map {
                $0.epoch.epochIndex == record.epoch.epochIndex
                    && $0.completedStepCount < record.completedStepCount
            } ?? false
        let start = isSameEpoch ? step?.epoch.seconds ?? 0 : 0
        stepDurations.note(seconds: max(0, record.epoch.seconds - start))
        stepCount += 1
        self.sampleCount += sampleCount
        step = record
    }

    /// Notes an epoch's end.
    package mutating func note(_ record: EpochRecord) { epoch = record }
}
