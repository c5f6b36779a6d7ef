/// What a layer's numbers look like at an epoch's end.
package struct LayerFigures: Equatable, Sendable {
    /// The layer, such as `conv1`.
    package var name: String
    /// Its weights.
    package var weights: Histogram
    /// Its biases.
    package var biases: Histogram
    /// The mean gradient of the epoch's last step, by weights and biases; nil where the epoch ended
    /// before this start of the run.
    package var gradient: Histogram?

    /// Gathers a layer's figures.
    package init(name: String, weights: Histogram, biases: Histogram, gradient: Histogram?) {
        self.name = name
        self.weights = weights
        self.biases = biases
        self.gradient = gradient
    }

    /// The Euclidean norm of its weights and biases.
    package var weightNorm: Double { (weights.squareSum + biases.squareSum).squareRoot() }

    /// The Euclidean norm of its gradient.
    package var gradientNorm: Double? { gradient?.norm }
}

/// The layers of a network at an epoch's end, and how the epoch came about.
package struct EpochState: Equatable, Sendable {
    /// The layers that have parameters, in their order.
    package var layers: [LayerFigures]

    /// Gathers the layers.
    package init(layers: [LayerFigures]) { self.layers = layers }

    /// The Euclidean norm of all weights and biases.
    package var weightNorm: Double { Self.norm(layers.map(\.weightNorm)) }

    /// The Euclidean norm of the mean gradient of the epoch's last step; nil where it is not known.
    package var gradientNorm: Double? {
        let norms = layers.compactMap(\.gradientNorm)
        return norms.count == layers.count ? Self.norm(norms) : nil
    }

    private static func norm(_ parts: [Double]) -> Double {
        parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
