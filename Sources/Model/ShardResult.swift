/// What a shard's samples add up to beside their gradient.
package struct ShardResult: Equatable, Sendable {
    /// The sum of the samples' losses, in nats.
    package var lossSum: Float
    /// How many samples were classified rightly.
    package var correctCount: Int

    /// Puts both together.
    package init(lossSum: Float, correctCount: Int) {
        self.lossSum = lossSum
        self.correctCount = correctCount
    }
}
