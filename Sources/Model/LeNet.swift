/// LeNet-5: its layer table and what follows from it (LeCun et al. 1998, II.B, with rectifiers and
/// max-pooling).
package enum LeNet {
    /// Pixels along a side of a data set's image.
    package static let imageSide = 28
    /// Pixels along a side of the network's input.
    package static let inputSide = 32
    /// Samples of a whole shard: the lanes of the kernels.
    package static let shardSampleCountMax = 16

    /// The layer table, of which everything below is derived.
    ///
    /// The kernels are compiled for these shapes: `KernelCheck` runs each on the shapes of the
    /// table, against naive loops.
    private static let table: [Layer.Operation] = [
        .convolution("conv1", channelCount: 6),
        .maxPool,
        .convolution("conv2", channelCount: 16),
        .maxPool,
        .flatten,
        .dense("fc1", outputCount: 120, activation: .rectifier),
        .dense("fc2", outputCount: 84, activation: .rectifier),
        .dense("fc3", outputCount: 10, activation: .softmax),
    ]

    /// The layers in the order of computation, which are the rows of the summary.
    package static let layers: [Layer] = table.reduce(into: []) { layers, operation in
        layers.append(Layer(operation, behind: layers, input: [inputSide, inputSide, 1]))
    }

    /// The convolutions.
    package static let convolutions = layers.filter {
        if case .convolution = $0.operation { true } else { false }
    }
    /// The pooling layers, one behind each convolution.
    package static let pools = layers.filter {
        if case .maxPool = $0.operation { true } else { false }
    }
    /// The fully connected layers.
    package static let dense = layers.filter {
        if case .dense = $0.operation { true } else { false }
    }

    /// The parameter table, in the order of the flat buffer.
    package static let tensors = layers.flatMap(\.tensors)
    /// Weights and biases of all layers.
    package static let parameterCount = layers.reduce(0) { $0 + $1.parameterCount }
    /// Classes, the digits 0 to 9.
    package static let classCount = layers[layers.count - 1].outputCount
    /// Pixels, and bytes, of an image.
    package static let imageSize = imageSide * imageSide
    /// Bytes of a sample: its label, then its pixels row by row.
    package static let sampleSize = 1 + imageSize

    /// A range of the flat buffer that travels by itself.
    package struct Segment: Equatable, Sendable {
        /// What the segment holds: `convolutions` or `fullyConnected`.
        package let name: String
        /// Its floats in the flat buffer.
        package let range: Range<Int>
    }

    /// Convolutions, then fully connected layers.
    ///
    /// Backward completes the second segment first; the next forward needs the first segment first.
    package static let segments = [
        Segment(name: "convolutions", range: 0..<dense[0].weight),
        Segment(name: "fullyConnected", range: dense[0].weight..<parameterCount),
    ]
}
