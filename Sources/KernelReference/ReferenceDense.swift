/// A fully connected layer of one sample in naive loops: weights [O, I].
package enum ReferenceDense {
    /// Computes W·x + b.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func output<Scalar: ReferenceScalar>(
        input: [Scalar],
        weights: [Scalar],
        bias: [Scalar]
    ) -> [Scalar] {
        bias.indices.map { o in
            var sum = bias[o]
            for i in input.indices { sum.addProduct(weights[o * input.count + i], input[i]) }
            return sum
        }
    }

    /// Computes the gradient of the input, Wᵀ·g.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func inputGradient<Scalar: ReferenceScalar>(
        gradient: [Scalar],
        weights: [Scalar]
    ) -> [Scalar] {
        let inputCount = weights.count / gradient.count
        return (0..<inputCount).map { i in
            var sum: Scalar = 0
            for o in gradient.indices { sum.addProduct(gradient[o], weights[o * inputCount + i]) }
            return sum
        }
    }

    /// Computes the gradient of the weights, g·xᵀ; that of the bias is g itself.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    package static func weightGradient<Scalar: ReferenceScalar>(
        gradient: [Scalar],
        input: [Scalar]
    ) -> [Scalar] {
        gradient.flatMap { g in input.map { g * $0 } }
    }
}
