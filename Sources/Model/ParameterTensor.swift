/// One named parameter of the flat buffer.
package struct ParameterTensor: Equatable, Sendable {
    /// The name under which checkpoints keep it, such as `conv1.weight`.
    package let name: String
    /// Convolutions' weights [O, I, 5, 5], fully connected weights [O, I], biases [O].
    package let shape: [Int]
    /// Its floats in the flat buffer, row-major.
    package let range: Range<Int>
    /// Inputs of one output, counting the receptive field (I·5·5 for a convolution); 0 for a bias.
    package let fanIn: Int
    /// Outputs of one input, counting the receptive field (O·5·5 for a convolution); 0 for a bias.
    package let fanOut: Int

    /// The weights and the biases of a layer, one behind the other from `start` on.
    static func pair(_ layer: String, _ shape: [Int], at start: Int) -> [ParameterTensor] {
        let field = shape.dropFirst(2).reduce(1, *)
        let end = start + shape.reduce(1, *)
        let weight = ParameterTensor(
            name: "\(layer).weight",
            shape: shape,
            range: start..<end,
            fanIn: shape[1] * field,
            fanOut: shape[0] * field
        )
        let bias = ParameterTensor(
            name: "\(layer).bias",
            shape: [shape[0]],
            range: end..<end + shape[0],
            fanIn: 0,
            fanOut: 0
        )
        return [weight, bias]
    }
}
