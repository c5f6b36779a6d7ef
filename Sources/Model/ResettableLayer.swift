extension LeNet {
    /// A layer with parameters, by its name.
    package struct ResettableLayer: Equatable, Sendable {
        /// Its name, such as `fc3`.
        package let name: String
        /// Its weights and biases in the flat buffer.
        package let range: Range<Int>

        /// All of them, in the order of computation.
        package static let all: [ResettableLayer] = layers.compactMap { layer in
            guard let first = layer.tensors.first, let last = layer.tensors.last else { return nil }
            return ResettableLayer(
                name: String(first.name.prefix { $0 != "." }),
                range: first.range.lowerBound..<last.range.upperBound
            )
        }
    }
}
