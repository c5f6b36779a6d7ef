package import Kernels

/// The Adam optimizer in Keras's form: α = lr·√(1−β₂ᵗ)/(1−β₁ᵗ), p −= α·m/(√v + ε) (Kingma & Ba
/// 2015, end of section 2).
package struct Adam: Equatable, Sendable {
    /// The size of a step: the most that a steady gradient moves a parameter by.
    package var learningRate: Float
    /// How much of the first moment stays from step to step.
    package var beta1: Float
    /// How much of the second moment stays from step to step.
    package var beta2: Float
    /// What keeps the quotient finite, added to √v.
    package var epsilon: Float

    /// Describes an optimizer, with Keras's defaults.
    package init(
        learningRate: Float = 0.001,
        beta1: Float = 0.9,
        beta2: Float = 0.999,
        epsilon: Float = 1e-7
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// One step of the optimizer, of which any part can be made by anybody.
    ///
    /// It names the buffers' memory, which must outlive it.
    package struct Step {
        private let current, next: (Target, Target, Target)
        private let gradientSum: KernelSet.Source
        private let gradientScale, beta1, beta2, size, epsilon: Float

        private typealias Target = KernelSet.Target

        fileprivate init(
            _ adam: Adam,
            _ current: OptimizerBuffers,
            _ next: OptimizerBuffers,
            _ gradientSum: ParameterBuffer,
            gradientScale: Float,
            size: Float
        ) {
            self.current = Self.memory(of: current)
            self.next = Self.memory(of: next)
            self.gradientSum = KernelSet.Source(gradientSum.start)
            self.gradientScale = gradientScale
            self.size = size
            (beta1, beta2, epsilon) = (adam.beta1, adam.beta2, adam.epsilon)
        }

        private static func memory(of buffers: OptimizerBuffers) -> (Target, Target, Target) {
            (buffers.parameters.start, buffers.firstMoment.start, buffers.secondMoment.start)
        }

        /// Makes a range of the next buffers; nothing else is touched.
        ///
        /// - Precondition: `range` is of the flat buffer.
        package func make(_ range: Range<Int>, kernels: KernelSet) {
            precondition(
                range.lowerBound >= 0 && range.upperBound <= LeNet.parameterCount,
                "range \(range) of \(LeNet.parameterCount) parameters"
            )
            let start = range.lowerBound
            kernels.adam(
                current.0 + start,
                current.1 + start,
                current.2 + start,
                next.0 + start,
                next.1 + start,
                next.2 + start,
                gradientSum + start,
                range.count,
                gradientScale,
                beta1,
                beta2,
                size,
                epsilon
            )
        }
    }

    /// Step `number` from the current buffers to the next, with the mean gradient of a batch of
    /// `sampleCount` samples: the sum times the reciprocal of the count.
    ///
    /// - Parameter next: may be the same buffers.
    /// - Precondition: `sampleCount` and `number`, which counts from 1, are positive.
    package func step(
        _ number: Int,
        from current: OptimizerBuffers,
        to next: OptimizerBuffers,
        gradientSum: ParameterBuffer,
        sampleCount: Int
    ) -> Step {
        precondition(sampleCount > 0, "a batch of \(sampleCount) samples has no mean")
        precondition(number > 0, "step \(number) where steps count from 1")
        return Step(
            self,
            current,
            next,
            gradientSum,
            gradientScale: 1 / Float(sampleCount),
            size: stepSize(step: number)
        )
    }

    /// α of a step, the learning rate with both moments' bias corrections.
    func stepSize(step: Int) -> Float {
        let correction1 = 1 - power(Double(beta1), step)
        let correction2 = 1 - power(Double(beta2), step)
        return Float(Double(learningRate) * correction2.squareRoot() / correction1)
    }

    /// value^exponent by repeated squaring: multiplications in one order, where a C library's `pow`
    /// may differ from the next.
    private func power(_ value: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, value, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
