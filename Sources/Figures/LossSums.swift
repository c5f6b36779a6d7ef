/// What samples add up to beside their gradient: of a shard, of an answer, of a whole round.
package struct LossSums: Hashable, Sendable {
    /// The sum of the samples' losses, in nats.
    package var lossSum: Float
    /// How many samples have their label as their likeliest class.
    package var correctCount: Int

    /// Wraps both sums; the default is that of no sample.
    package init(lossSum: Float = 0, correctCount: Int = 0) {
        self.lossSum = lossSum
        self.correctCount = correctCount
    }

    /// One addition of the reduction tree.
    package static func + (left: LossSums, right: LossSums) -> LossSums {
        LossSums(
            lossSum: left.lossSum + right.lossSum,
            correctCount: left.correctCount + right.correctCount
        )
    }
}
