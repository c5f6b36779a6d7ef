/// Mean loss and accuracy over some samples.
package struct Metrics: Equatable, Sendable, Encodable {
    /// Mean cross-entropy, in nats.
    package var loss: Double
    /// Share of the samples whose likeliest class was their label, 0 to 1.
    package var accuracy: Double

    /// Wraps both figures.
    package init(loss: Double, accuracy: Double) {
        self.loss = loss
        self.accuracy = accuracy
    }

    /// The means of what `sampleCount` samples add up to.
    package init(of sums: LossSums, sampleCount: Int) {
        self.init(of: EpochTotals(sums, sampleCount: sampleCount))
    }

    /// The means of an epoch so far; zeros before its first step.
    package init(of totals: EpochTotals) {
        let count = Double(max(totals.sampleCount, 1))
        loss = totals.lossSum / count
        accuracy = Double(totals.correctCount) / count
    }
}
