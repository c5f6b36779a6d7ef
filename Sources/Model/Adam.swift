/// The Adam optimizer in Keras's form: α = lr·√(1−β₂ᵗ)/(1−β₁ᵗ), p −= α·m/(√v + ε) (Kingma & Ba
/// 2015, end of section 2).
package struct Adam: Equatable, Sendable {
    /// How much of the first moment stays from step to step.
    package var beta1: Float
    /// How much of the second moment stays from step to step.
    package var beta2: Float
    /// What keeps the quotient finite, added to √v.
    package var epsilon: Float

    /// Describes an optimizer, with Keras's defaults.
    package init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// α of a step, the learning rate with both moments' bias corrections.
    func stepSize(step: Int, rate: Double) -> Float {
        let correction1 = 1 - power(Double(beta1), step)
        let correction2 = 1 - power(Double(beta2), step)
        return Float(rate * correction2.squareRoot() / correction1)
    }
}
