/// What has been summed up over the steps of an epoch: the steps' sums in binary64, one after the
/// other, and their samples.
package struct EpochTotals: Equatable, Sendable {
    /// The sum of the samples' losses, in nats.
    package var lossSum: Double
    /// How many samples have their label as their likeliest class.
    package var correctCount: Int
    /// How many samples there were.
    package var sampleCount: Int

    /// Gathers the totals; the default is that of no step.
    package init(lossSum: Double = 0, correctCount: Int = 0, sampleCount: Int = 0) {
        self.lossSum = lossSum
        self.correctCount = correctCount
        self.sampleCount = sampleCount
    }

    /// The totals of one step alone.
    package init(_ sums: LossSums, sampleCount: Int) {
        self.init(
            lossSum: Double(sums.lossSum),
            correctCount: sums.correctCount,
            sampleCount: sampleCount
        )
    }

    /// Adds the next step's sums.
    package mutating func add(_ sums: LossSums, sampleCount: Int) {
        lossSum += Double(sums.lossSum)
        correctCount += sums.correctCount
        self.sampleCount += sampleCount
    }
}
