/// One layer of the network, and all that follows from its place in the table.
package struct Layer: Equatable, Sendable {
    /// A row of the table: what a layer computes of whatever the row above gives out.
    package enum Operation: Equatable, Sendable {
        /// Filters of 5×5, stride 1, no padding, then a rectifier.
        case convolution(String, channelCount: Int)
        /// The greatest of each window of 2×2.
        case maxPool
        /// The values of all positions and channels in one row.
        case flatten
        /// Every output from every input, then an activation.
        case dense(String, outputCount: Int, activation: Activation)
    }

    /// What becomes of a layer's sums.
    package enum Activation: String, Sendable {
        /// max(x, 0).
        case rectifier = "ReLU"
        /// Probabilities.
        case softmax
    }

    /// Positions along a side of a filter.
    static let filterSide = 5
    /// Positions along a side of a pooling window.
    static let windowSide = 2

    /// What it computes.
    package let operation: Operation
    /// The layer's name and what follows it, such as `conv1 + ReLU`.
    package let name: String
    /// Dimensions of one sample's input, channels last: [32, 32, 1].
    package let inputShape: [Int]
    /// Dimensions of one sample's output, channels last: [28, 28, 6].
    package let outputShape: [Int]
    /// Its weights, then its biases; none where it has no parameters.
    package let tensors: [ParameterTensor]
    /// Its floats in the flat buffer.
    package let range: Range<Int>

    /// Where its weights begin in the flat buffer.
    package let weight: Int
    /// Where its biases begin in the flat buffer, one for each channel.
    package let bias: Int
    /// Values that it takes of one sample.
    package let inputCount: Int
    /// Values that it gives out of one sample.
    package let outputCount: Int

    /// Puts a layer behind others.
    ///
    /// - Parameter input: what the first layer is given.
    init(_ operation: Operation, behind layers: [Layer], input: [Int]) {
        self.operation = operation
        inputShape = layers.last?.outputShape ?? input
        let start = layers.last?.range.upperBound ?? 0
        switch operation {
        case .convolution(let title, let channelCount):
            name = "\(title) + \(Activation.rectifier.rawValue)"
            outputShape = inputShape.prefix(2).map { $0 - Self.filterSide + 1 } + [channelCount]
            tensors = ParameterTensor.pair(
                title,
                [channelCount, inputShape[2], Self.filterSide, Self.filterSide],
                at: start
            )
        case .maxPool:
            name = "max-pool \(Self.windowSide)×\(Self.windowSide)"
            outputShape = inputShape.prefix(2).map { $0 / Self.windowSide } + [inputShape[2]]
            tensors = []
        case .flatten:
            name = "flatten"
            outputShape = [inputShape.reduce(1, *)]
            tensors = []
        case .dense(let title, let outputCount, let activation):
            name = "\(title) + \(activation.rawValue)"
            outputShape = [outputCount]
            tensors = ParameterTensor.pair(title, [outputCount, inputShape[0]], at: start)
        }
        range = start..<(tensors.last?.range.upperBound ?? start)
        weight = start
        bias = tensors.last?.range.lowerBound ?? start
        inputCount = inputShape.reduce(1, *)
        outputCount = outputShape.reduce(1, *)
    }

    /// How many weights and biases it has.
    package var parameterCount: Int { range.count }
    /// Inputs of one output, counting the receptive field.
    package var fanIn: Int { tensors.first?.fanIn ?? 0 }
    /// Multiply-adds of one sample forward: the same again for the gradient of its weights, and for
    /// that of its input.
    package var multiplyAddCount: Int { outputCount * fanIn }
}
