/// The memory of one shard's forward and backward pass: activations, gradients and scratch, one
/// behind the other.
///
/// About 0.8 MB, in a page of 2 MiB. Everything is zero at first, which the input's border and what lies behind the
/// images rely on, and nothing else.
package final class Workspace {
    /// The image as it comes, [28, 28, 16].
    package let pixels: ShardSlice
    /// What the first layer is given, [32, 32, 16].
    package let input: ShardSlice
    /// The samples of `input` in rows with parts of them twice, [16, 32, 3, 16], and 16 zeros behind
    /// each.
    package let images: ShardSlice
    /// Where samples have ink: rows of patches [32, 16], and windows [14, 16], of 16 bits.
    package let inkedRows, inkedWindows: ShardSlice
    /// Convolution 1's output after pooling and its gradient, [16, 14, 14, 8].
    package let pooled1, pooled1Gradient: ShardSlice
    /// Which of convolution 1's positions won in a pooling window, [14, 14, 6, 16].
    package let winners1: ShardSlice
    /// Convolution 2's output after pooling, which positions won, and the output's gradient, by
    /// windows [16, 5, 5, 16].
    package let windows2, winners2, windows2Gradient: ShardSlice
    /// The same by channels [16, 16, 5, 5].
    package let rows2, rowWinners2, rows2Gradient: ShardSlice
    /// The inputs of the fully connected layers, then the logits.
    package let rectified: [ShardSlice]
    /// The gradients of `rectified`, but of the first.
    package let rectifiedGradients: [ShardSlice]
    /// Samples in rows, as wide as the widest layer that needs it, with room behind them.
    package let rows: ShardSlice
    /// What a kernel needs while it runs, and nobody afterwards.
    package let scratch: ShardSlice
    /// Of each sample.
    package let losses: ShardSlice
    /// The class of each sample, negative for none.
    package let labels: ShardSlice
    /// 1 for each sample that is classified rightly.
    package let isCorrect: ShardSlice

    private let memory: ShardArray

    /// Allocates all of it.
    package init() {
        let outputs = LeNet.dense.map(\.outputCount)
        let (side, windowCount) = (LeNet.pools[0].outputShape[0], LeNet.pools[1].outputCount)
        let rowCount = outputs[0] + 1
        // Two channels of eight are not used.
        let pooled1Count = side * side * 8
        let winners1Count = LeNet.pools[0].outputCount
        let inputCount = LeNet.convolutions[0].inputCount
        var total = LeNet.imageSize + inputCount + Self.imageSize + 16 + 7
        total += 2 * pooled1Count + winners1Count + 7 * windowCount
        total += 2 * outputs.reduce(0, +) + rowCount + Self.scratchCount + 3
        memory = ShardArray(elementCount: total, inLargePages: true)
        var next = memory.start
        let end = memory.start + memory.elementCount * LeNet.shardSampleCountMax
        func take(_ count: Int) -> ShardSlice {
            defer { next += count * LeNet.shardSampleCountMax }
            return ShardSlice(elementCount: count, start: next)
        }
        (pixels, input, images) = (take(LeNet.imageSize), take(inputCount), take(Self.imageSize))
        (inkedRows, inkedWindows) = (take(16), take(7))
        (pooled1, pooled1Gradient, winners1) = (
            take(pooled1Count), take(pooled1Count), take(winners1Count)
        )
        (windows2, winners2, windows2Gradient) = (
            take(windowCount), take(windowCount), take(windowCount)
        )
        (rows2, rowWinners2, rows2Gradient) = (
            take(windowCount), take(windowCount), take(windowCount)
        )
        rectified = ([windowCount] + outputs).map(take)
        rectifiedGradients = outputs.map(take)
        (rows, scratch) = (take(rowCount), take(Self.scratchCount))
        (losses, labels, isCorrect) = (take(1), take(1), take(1))
        precondition(next == end, "\(end - next) floats of the workspace are left")
    }

    /// Floats of an image with parts of its rows twice.
    private static let imageSize = 32 * 48 + 16
    /// What the first convolution's weight gradient takes, which is the most: 22,672 floats.
    private static let scratchCount = 22_672 / 16

    /// The logits.
    package var logits: ShardSlice { rectified[rectified.count - 1] }
    /// The gradient of the logits.
    package var logitsGradient: ShardSlice { rectifiedGradients[rectifiedGradients.count - 1] }
}
