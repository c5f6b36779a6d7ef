/// The memory of one shard's forward and backward pass: activations, gradients and scratch, one
/// behind the other.
///
/// About 0.9 MB. Everything is zero at first, which the input's border and nothing else relies on.
package final class Workspace {
    /// The image as it comes, [28, 28, 16].
    package let pixels: ShardSlice
    /// What the first layer is given, [32, 32, 16].
    package let input: ShardSlice
    /// The convolutions' outputs after pooling.
    package let pooled: [ShardSlice]
    /// Which of a pooling window's positions won.
    package let winners: [ShardSlice]
    /// The inputs of the fully connected layers, of which the first is pooled, then the logits.
    package let rectified: [ShardSlice]
    /// The gradients of `rectified`.
    package let rectifiedGradients: [ShardSlice]
    /// The gradient of convolution 2's output before pooling.
    package let convolution2Gradient: ShardSlice
    /// The gradients of `pooled`.
    package let pooledGradients: [ShardSlice]
    /// What is used again and again.
    package let scratch: Scratch
    /// What comes of each sample.
    package let outcomes: Outcomes

    /// What is used again and again.
    package struct Scratch {
        /// Samples in rows, as wide as the widest fully connected layer.
        package let rows: ShardSlice
        /// One row of windows of convolution 1's gradient, [6, 2, 28, 16].
        package let rowGradient: ShardSlice
        /// Sums of weights' gradients that are still apart by lane: of two of convolution 2's
        /// channels, or all of convolution 1's; scratch of transpositions at other times.
        package let partials: ShardSlice
    }

    /// What comes of each sample.
    package struct Outcomes {
        /// Of each sample.
        package let losses: ShardSlice
        /// The class of each sample, negative for none.
        package let labels: ShardSlice
        /// 1 for each sample that is classified rightly.
        package let isCorrect: ShardSlice
    }

    private let memory: ShardArray

    /// Allocates all of it.
    package init() {
        let (first, second) = (LeNet.convolutions[0], LeNet.convolutions[1])
        let (pooledCounts, outputs) = (
            LeNet.pools.map(\.outputCount), LeNet.dense.map(\.outputCount)
        )
        let rowCount = LeNet.dense.map(\.inputCount).max() ?? 0
        let rowGradientCount = first.outputCount / first.outputShape[0] * Layer.windowSide
        let partialCount = max(first.tensors[0].range.count, 2 * second.fanIn)
        var rest = LeNet.imageSize + first.inputCount + second.outputCount
        rest += rowCount + rowGradientCount + partialCount + 3
        let paired = 3 * pooledCounts.reduce(0, +) + 2 * outputs.reduce(0, +)
        memory = ShardArray(elementCount: paired + rest)
        var next = memory.start
        let end = memory.start + memory.elementCount * LeNet.shardSampleCountMax
        func take(_ count: Int) -> ShardSlice {
            defer { next += count * LeNet.shardSampleCountMax }
            return ShardSlice(elementCount: count, start: next)
        }
        pixels = take(LeNet.imageSize)
        input = take(first.inputCount)
        pooled = pooledCounts.map(take)
        winners = pooledCounts.map(take)
        rectified = pooled.suffix(1) + outputs.map(take)
        let gradients = outputs.reversed().map(take)
        let pooled2Gradient = take(pooledCounts[1])
        rectifiedGradients = [pooled2Gradient] + gradients.reversed()
        convolution2Gradient = take(second.outputCount)
        pooledGradients = [take(pooledCounts[0]), pooled2Gradient]
        scratch = Scratch(
            rows: take(rowCount),
            rowGradient: take(rowGradientCount),
            partials: take(partialCount)
        )
        outcomes = Outcomes(losses: take(1), labels: take(1), isCorrect: take(1))
        precondition(next == end, "\(end - next) floats of the workspace are left")
    }

    /// The logits.
    package var logits: ShardSlice { rectified[rectified.count - 1] }
    /// The gradient of the logits.
    package var logitsGradient: ShardSlice { rectifiedGradients[rectifiedGradients.count - 1] }
}
