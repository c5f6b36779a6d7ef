/// LeNet-5 for a number of classes: its layer table and what follows from it (LeCun et al. 1998,
/// II.B, with rectifiers and max-pooling).
///
/// Only the last layer depends on the number; what is static is the same for all of them.
package struct LeNet: Equatable, Sendable {
    /// Pixels along a side of a data set's image.
    package static let imageSide = 28
    /// Pixels along a side of the network's input.
    package static let inputSide = 32
    /// Samples of a whole shard: the lanes of the kernels.
    package static let shardSampleCountMax = 16

    /// How many classes it may tell apart: a label is a byte, and 255 is none.
    package static let classCounts = 2...255
    /// The network for the digits 0 to 9.
    package static let digits = LeNet(classCount: 10)

    /// The layer table, of which everything below is derived.
    ///
    /// The kernels are compiled for these shapes: `KernelCheck` runs each on the shapes of the
    /// table, against naive loops.
    private static func table(classCount: Int) -> [Layer.Operation] {
        [
            .convolution("conv1", channelCount: 6),
            .maxPool,
            .convolution("conv2", channelCount: 16),
            .maxPool,
            .flatten,
            .dense("fc1", outputCount: 120, activation: .rectifier),
            .dense("fc2", outputCount: 84, activation: .rectifier),
            .dense("fc3", outputCount: classCount, activation: .softmax),
        ]
    }

    /// The convolutions.
    package static let convolutions = digits.layers.filter {
        if case .convolution = $0.operation { true } else { false }
    }
    /// The pooling layers, one behind each convolution.
    package static let pools = digits.layers.filter {
        if case .maxPool = $0.operation { true } else { false }
    }

    /// How many classes it tells apart.
    package let classCount: Int
    /// The layers in the order of computation, which are the rows of the summary.
    package let layers: [Layer]
    /// The fully connected layers.
    package let dense: [Layer]
    /// The parameter table, in the order of the flat buffer.
    package let tensors: [ParameterTensor]
    /// Weights and biases of all layers.
    package let parameterCount: Int
    /// Convolutions, then fully connected layers.
    ///
    /// Backward completes the second segment first; the next forward needs the first segment first.
    package let segments: [Segment]

    /// Lays the network out.
    ///
    /// - Precondition: `classCount` is one of `classCounts`.
    package init(classCount: Int) {
        precondition(Self.classCounts.contains(classCount), "\(classCount) classes")
        self.classCount = classCount
        layers = Self.table(classCount: classCount).reduce(into: []) { layers, operation in
            let input = [Self.inputSide, Self.inputSide, 1]
            layers.append(Layer(operation, behind: layers, input: input))
        }
        dense = layers.filter { if case .dense = $0.operation { true } else { false } }
        tensors = layers.flatMap(\.tensors)
        parameterCount = layers.reduce(0) { $0 + $1.parameterCount }
        segments = [
            Segment(name: "convolutions", range: 0..<dense[0].weight),
            Segment(name: "fullyConnected", range: dense[0].weight..<parameterCount),
        ]
    }

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

    /// Where the convolutions' parameters are, whatever the number of classes.
    package static let convolutionsRange = 0..<digits.dense[0].weight
}

extension LeNet {
    /// The network that has this number of parameters; nil where none has.
    package init?(parameterCount: Int) {
        let last = Self.digits.layers[Self.digits.layers.count - 1]
        let (count, rest) = (parameterCount - last.range.lowerBound)
            .quotientAndRemainder(dividingBy: last.inputCount + 1)
        guard rest == 0, Self.classCounts.contains(count) else { return nil }
        self.init(classCount: count)
    }
}
