/// LeNet-5: its dimensions, layers and parameter table (LeCun et al. 1998, II.B, with rectifiers
/// and max-pooling).
package enum LeNet {
    /// 6·25+6 + 16·150+16 + 48,120 + 10,164 + 850 = 61,706.
    package static let parameterCount = 61_706
    /// Pixels along a side of a data set's image.
    package static let imageSide = 28
    /// Pixels along a side of the network's input.
    package static let inputSide = 32
    /// Classes, the digits 0 to 9.
    package static let classCount = 10
    /// Bytes of a sample: its label, then 28·28 pixels row by row.
    package static let sampleSize = 785
    /// Samples of a whole shard: the lanes of the kernels.
    package static let shardSampleCountMax = 16

    /// A row of the summary: what a layer gives out and how many parameters it has.
    package struct Layer: Equatable, Sendable {
        /// The layer's name and what follows it, such as `conv1 + ReLU`.
        package let name: String
        /// Dimensions of one sample's output, channels last: [28, 28, 6].
        package let outputShape: [Int]
        /// How many weights and biases the layer has.
        package let parameterCount: Int
    }

    /// One named parameter of the flat buffer.
    package struct ParameterTensor: Equatable, Sendable {
        /// The name under which checkpoints keep it, such as `conv1.weight`.
        package let name: String
        /// Convolutions' weights [O, I, 5, 5], fully connected weights [O, I], biases [O].
        package let shape: [Int]
        /// Its floats in the flat buffer, row-major.
        package let range: Range<Int>
        /// Inputs of one output, counting the receptive field (I·5·5 for a convolution); 0 for a
        /// bias.
        package let fanIn: Int
        /// Outputs of one input, counting the receptive field (O·5·5 for a convolution); 0 for a
        /// bias.
        package let fanOut: Int
    }

    /// A range of the flat buffer that travels by itself.
    package struct Segment: Equatable, Sendable {
        /// What the segment holds: `convolutions` or `fullyConnected`.
        package let name: String
        /// Its floats in the flat buffer.
        package let range: Range<Int>
    }

    /// The rows of the summary in the order of computation.
    package static let layers = [
        Layer(name: "conv1 + ReLU", outputShape: [28, 28, 6], parameterCount: 156),
        Layer(name: "max-pool 2×2", outputShape: [14, 14, 6], parameterCount: 0),
        Layer(name: "conv2 + ReLU", outputShape: [10, 10, 16], parameterCount: 2_416),
        Layer(name: "max-pool 2×2", outputShape: [5, 5, 16], parameterCount: 0),
        Layer(name: "flatten", outputShape: [400], parameterCount: 0),
        Layer(name: "fc1 + ReLU", outputShape: [120], parameterCount: 48_120),
        Layer(name: "fc2 + ReLU", outputShape: [84], parameterCount: 10_164),
        Layer(name: "fc3 + softmax", outputShape: [10], parameterCount: 850),
    ]

    /// The parameter table, in the order of the flat buffer.
    package static let tensors: [ParameterTensor] = table()

    /// Convolutions (2,572 floats), then fully connected layers (59,134 floats).
    ///
    /// Backward completes the second segment first; the next forward needs the first segment first.
    package static let segments = [
        Segment(name: "convolutions", range: 0..<2_572),
        Segment(name: "fullyConnected", range: 2_572..<61_706),
    ]

    private static func table() -> [ParameterTensor] {
        let weights: [(name: String, shape: [Int])] = [
            ("conv1", [6, 1, 5, 5]), ("conv2", [16, 6, 5, 5]),
            ("fc1", [120, 400]), ("fc2", [84, 120]), ("fc3", [10, 84]),
        ]
        var tensors: [ParameterTensor] = []
        var start = 0
        for (name, shape) in weights {
            let field = shape.dropFirst(2).reduce(1, *)
            let end = start + shape.reduce(1, *)
            tensors.append(
                ParameterTensor(
                    name: "\(name).weight",
                    shape: shape,
                    range: start..<end,
                    fanIn: shape[1] * field,
                    fanOut: shape[0] * field
                )
            )
            start = end + shape[0]
            tensors.append(
                ParameterTensor(
                    name: "\(name).bias",
                    shape: [shape[0]],
                    range: end..<start,
                    fanIn: 0,
                    fanOut: 0
                )
            )
        }
        return tensors
    }
}
