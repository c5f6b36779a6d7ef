extension LeNet {
    /// A layer with parameters, by its name.
    package struct ResettableLayer: Equatable, Sendable {
        /// Its name, such as `fc3`.
        package let name: String
        private let index: Int

        /// All of them, in the order of computation.
        package static let all: [ResettableLayer] = digits.layers.enumerated().compactMap {
            index,
            layer in
            guard let first = layer.tensors.first else { return nil }
            return ResettableLayer(name: String(first.name.prefix { $0 != "." }), index: index)
        }

        /// The layer whose size follows from the number of classes.
        package static let last = all[all.count - 1]

        /// Its weights and biases in the flat buffer of a network.
        package func range(in network: LeNet) -> Range<Int> { network.layers[index].range }
    }
}
