/// Softmax and sparse categorical cross-entropy of one sample.
package enum ReferenceLoss {
    /// The probabilities of the classes.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func probabilities<Scalar: ReferenceScalar>(_ logits: [Scalar]) -> [Scalar] {
        let greatest = logits.max() ?? 0
        let powers = logits.map { ($0 - greatest).exponential }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// −ln of the label's probability, and its gradient, softmax − one-hot.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func lossAndGradient<Scalar: ReferenceScalar>(
        logits: [Scalar],
        label: Int
    ) -> (loss: Scalar, gradient: [Scalar]) {
        let greatest = logits.max() ?? 0
        let sum = logits.reduce(0) { $0 + ($1 - greatest).exponential }
        var gradient = probabilities(logits)
        gradient[label] -= 1
        return (sum.logarithm - (logits[label] - greatest), gradient)
    }
}
