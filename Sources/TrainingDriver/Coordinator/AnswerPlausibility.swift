package import Figures
import Glibc

/// What the figures of an answer can be at all, whatever the samples and the parameters are.
///
/// Cross-entropy over C classes is −ln p of the label's probability p. It is never negative. A
/// sample that is classified wrongly has another class at least as likely, so p ≤ 1/2 and its loss
/// is at least ln 2. One that is classified rightly has the likeliest class, so p ≥ 1/C and its
/// loss is at most ln C.
///
/// Label smoothing takes the mean of −ln p over all classes into the loss. That is at least ln C, so
/// both lower bounds still hold; and it may be any amount more, so the upper one does not.
package struct AnswerPlausibility {
    /// How many classes a sample may belong to.
    package let classCount: Int

    /// Whether labels are smoothed.
    package let smoothsLabels: Bool

    /// Judges the figures of samples of `classCount` classes.
    package init(classCount: Int, smoothsLabels: Bool = false) {
        self.classCount = classCount
        self.smoothsLabels = smoothsLabels
    }

    /// The share by which a sum of rounded losses may miss its bound.
    private static let tolerance = 1e-3

    /// Whether `sampleCount` samples can have these sums. Sums that are not finite are for
    /// `CoordinatorNumbers.isBelievable` to judge.
    package func holds(for sums: LossSums, sampleCount: Int) -> Bool {
        let wrongCount = sampleCount - sums.correctCount
        guard sums.correctCount >= 0, wrongCount >= 0 else { return false }
        guard sums.lossSum.isFinite else { return true }
        let loss = Double(sums.lossSum)
        let slack = Self.tolerance * Double(sampleCount)
        guard loss >= 0, loss + slack >= Double(wrongCount) * log(2.0) else { return false }
        let isAllRight = wrongCount == 0
        return !isAllRight || smoothsLabels
            || loss - slack <= Double(sampleCount) * log(Double(classCount))
    }
}
