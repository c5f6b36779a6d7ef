/// Adam and the reduction tree in naive loops.
package enum ReferenceOptimizer {
    /// One Adam step in Keras's form: g = sum / n, m = β₁m + (1−β₁)g, v = β₂v + (1−β₂)g², p −=
    /// lr·√(1−β₂ᵗ)/(1−β₁ᵗ)·m/(√v + ε).
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func adam<Scalar: ReferenceScalar>(
        parameters: inout [Scalar],
        firstMoment: inout [Scalar],
        secondMoment: inout [Scalar],
        gradientSum: [Scalar],
        sampleCount: Int,
        step: Int,
        learningRate: Scalar,
        beta1: Scalar,
        beta2: Scalar,
        epsilon: Scalar
    ) {
        var power1: Scalar = 1
        var power2: Scalar = 1
        for _ in 0..<step {
            power1 *= beta1
            power2 *= beta2
        }
        let alpha = learningRate * (1 - power2).squareRoot() / (1 - power1)
        for index in parameters.indices {
            let g = gradientSum[index] / Scalar(sampleCount)
            firstMoment[index] = beta1 * firstMoment[index] + (1 - beta1) * g
            secondMoment[index] = beta2 * secondMoment[index] + (1 - beta2) * g * g
            parameters[index] -=
                alpha * firstMoment[index] / (secondMoment[index].squareRoot() + epsilon)
        }
    }

    /// The root of the fixed binary tree: neighbours are added, a missing right one passes its
    /// sibling through.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func treeSum<Scalar: ReferenceScalar>(_ leaves: [[Scalar]]) -> [Scalar] {
        guard leaves.count > 1 else { return leaves.first ?? [] }
        return treeSum(
            stride(from: 0, to: leaves.count, by: 2).map { index in
                index + 1 < leaves.count
                    ? zip(leaves[index], leaves[index + 1]).map { $0 + $1 } : leaves[index]
            }
        )
    }
}
