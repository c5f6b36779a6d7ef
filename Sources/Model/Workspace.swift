/// The memory of one shard's forward and backward pass: activations, gradients and scratch, one
/// behind the other.
///
/// About 0.8 MB, in a page of 2 MiB. Everything is zero at first, which the input's border and what
/// lies behind the images rely on, and nothing else.
package final class Workspace {
    /// The image as it comes, [28, 28, 16].
    package let pixels: ShardSlice
    /// What the first layer is given, [32, 32, 16].
    package let input: ShardSlice
    /// The samples of `input` in rows with parts of them twice, [16, 32, 3, 16], and 16 zeros behind
    /// each.
    package let images: ShardSlice
    /// Where samples have ink.
    package let ink: Ink
    /// Convolution 1 after pooling, [16, 14, 14, 8], and its winners, [14, 14, 6, 16].
    package let pooled1: Pooled
    /// Convolution 2 after pooling, by windows [16, 5, 5, 16].
    package let windows2: Pooled
    /// The same by channels [16, 16, 5, 5].
    package let rows2: Pooled
    /// The inputs of the fully connected layers, then the logits.
    package let rectified: [ShardSlice]
    /// The gradients of `rectified`, but of the first.
    package let rectifiedGradients: [ShardSlice]
    /// What is used again and again.
    package let scratch: Scratch
    /// What comes of each sample.
    package let outcomes: Outcomes

    /// Where samples have ink, as `mapInk` has it.
    package struct Ink {
        /// Of each row of the input and each half of the samples, the columns, in words of 32 bits
        /// [32, 2].
        package let columns: ShardSlice
        /// The samples of the windows, in words of 16 bits [14, 16], and behind them room for what
        /// `mapInk` takes down first.
        package let windows: ShardSlice
    }

    /// What pooling a convolution's output gives.
    package struct Pooled {
        /// The greatest of each window, rectified.
        package let output: ShardSlice
        /// Which of a window's positions won.
        package let winners: ShardSlice
        /// The gradient of `output`.
        package let gradient: ShardSlice
    }

    /// What is used again and again.
    package struct Scratch {
        /// Samples in rows, as wide as the widest layer that needs it, with room behind them.
        package let rows: ShardSlice
        /// What a kernel needs while it runs, and nobody afterwards.
        package let kernel: ShardSlice
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
    package init(of network: LeNet = .digits) {
        let outputs = network.dense.map(\.outputCount)
        let (side, windowCount) = (LeNet.pools[0].outputShape[0], LeNet.pools[1].outputCount)
        let rowCount = outputs[0] + 1
        // Two channels of eight are not used.
        let pooled1Count = side * side * 8
        let winners1Count = LeNet.pools[0].outputCount
        let inputCount = LeNet.convolutions[0].inputCount
        var total = LeNet.imageSize + inputCount + Self.imageSize + 4 + 32
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
        ink = Ink(columns: take(4), windows: take(32))
        let (output, gradient) = (take(pooled1Count), take(pooled1Count))
        pooled1 = Pooled(output: output, winners: take(winners1Count), gradient: gradient)
        func takeWindows() -> Pooled {
            Pooled(
                output: take(windowCount),
                winners: take(windowCount),
                gradient: take(windowCount)
            )
        }
        (windows2, rows2) = (takeWindows(), takeWindows())
        rectified = ([windowCount] + outputs).map(take)
        rectifiedGradients = outputs.map(take)
        scratch = Scratch(rows: take(rowCount), kernel: take(Self.scratchCount))
        outcomes = Outcomes(losses: take(1), labels: take(1), isCorrect: take(1))
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
