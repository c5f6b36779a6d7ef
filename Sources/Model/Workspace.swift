/// The memory of one shard's forward and backward pass: activations, gradients and scratch,
/// allocated once.
///
/// About 0.9 MB. Everything is zero at first, which the input's border and nothing else relies on.
package final class Workspace {
    /// The image as it comes, [28, 28, 16].
    package let pixels = ShardArray(elementCount: LeNet.imageSize)
    /// What the first layer is given, [32, 32, 16].
    package let input = ShardArray(elementCount: LeNet.layers[0].inputCount)
    /// The convolutions' outputs after pooling.
    package let pooled = LeNet.pools.map { ShardArray(elementCount: $0.outputCount) }
    /// Which of a pooling window's positions won.
    package let winners = LeNet.pools.map { ShardArray(elementCount: $0.outputCount) }
    /// The inputs of the fully connected layers, of which the first is pooled, then the logits.
    package let rectified: [ShardArray]
    /// The gradients of `pooled`.
    package let pooledGradients = LeNet.pools.map { ShardArray(elementCount: $0.outputCount) }
    /// The gradients of `rectified`.
    package let rectifiedGradients: [ShardArray]
    /// The gradient of convolution 2's output before pooling.
    package let convolution2Gradient = ShardArray(elementCount: LeNet.convolutions[1].outputCount)
    /// Samples in rows, as wide as the widest fully connected layer.
    package let rows = ShardArray(elementCount: LeNet.dense.map(\.inputCount).max() ?? 0)
    /// One row of windows of convolution 1's gradient, [6, 2, 28, 16].
    package let rowGradient: ShardArray
    /// Sums of weights' gradients that are still apart by lane: of two of convolution 2's channels,
    /// or all of convolution 1's; scratch of transpositions at other times.
    package let partials: ShardArray
    /// Of each sample.
    package let losses = ShardArray(elementCount: 1)
    /// The class of each sample, negative for none.
    package let labels = ShardArray(elementCount: 1)
    /// 1 for each sample that is classified rightly.
    package let isCorrect = ShardArray(elementCount: 1)

    /// Allocates all of it.
    package init() {
        let outputs = LeNet.dense.map(\.outputCount)
        rectified = pooled.suffix(1) + outputs.map { ShardArray(elementCount: $0) }
        rectifiedGradients =
            pooledGradients.suffix(1) + outputs.map { ShardArray(elementCount: $0) }
        let (first, second) = (LeNet.convolutions[0], LeNet.convolutions[1])
        rowGradient = ShardArray(
            elementCount: first.outputCount / first.outputShape[0] * Layer.windowSide
        )
        partials = ShardArray(
            elementCount: max(first.tensors[0].range.count, 2 * second.fanIn)
        )
    }

    /// The logits.
    package var logits: ShardArray { rectified[rectified.count - 1] }
    /// The gradient of the logits.
    package var logitsGradient: ShardArray { rectifiedGradients[rectifiedGradients.count - 1] }
}
