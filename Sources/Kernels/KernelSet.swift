internal import CKernelProcessor

/// The kernels for one vector instruction set: one function value for each whole-layer operation.
///
/// All sets compute the same bits. Arrays of a shard are [C, H, W, 16 samples]; a layer's doc
/// comment in the kernel sources gives its shapes. Choose once at start with `best(environment:)`
/// and pass the set on.
package struct KernelSet: Sendable {
    /// Names the instruction set: `avx512`, `avx2` or `neon`.
    package let name: String

    /// Floats that a kernel reads.
    package typealias Source = UnsafePointer<Float>
    /// Floats that a kernel writes.
    package typealias Target = UnsafeMutablePointer<Float>
    /// Which of a pooling window's four positions won, 0 to 3 row by row.
    package typealias Winners = UnsafeMutablePointer<Int32>

    /// Brings bytes into the lanes: (first sample's pixels, stride, sample count, scratch [32, 16],
    /// pixels [28, 28, 16]).
    package let loadPixels: @Sendable (UnsafePointer<UInt8>, Int, Int, Target, Target) -> Void
    /// Pads: (pixels [28, 28, 16], input [32, 32, 16] with a border of zeros, whether to divide by
    /// 255).
    package let padImages: @Sendable (Source, Target, Bool) -> Void
    /// Resizes bilinearly: (pixels [28, 28, 16], input [32, 32, 16], whether to divide by 255).
    package let resizeImages: @Sendable (Source, Target, Bool) -> Void

    /// Where ink is, a bit each: (input [32, 32, 16], columns [32, 2], samples of windows [14, 16]).
    package let mapInk:
        @Sendable (Source, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt16>) -> Void

    /// Input [32, 32, 16], columns with ink, weights, bias, scratch of 320 floats → pooled output
    /// [16, 14, 14, 8] and winners [196, 6, 16].
    package let convolution1Forward:
        @Sendable (Source, UnsafePointer<UInt32>, Source, Source, Target, Target, Winners) -> Void
    /// Input [16, 14, 14, 8], weights, bias, scratch of 9,482 floats → pooled output and winners by
    /// windows, [16, 5, 5, 16].
    package let convolution2Forward:
        @Sendable (Source, Source, Source, Target, Target, Winners) -> Void
    /// Windows of channels [16, 5, 5, 16] → channels of windows [16, 16, 5, 5], of floats or, as
    /// they are only moved, winners.
    package let channelsOfWindows: @Sendable (Source, Target) -> Void
    /// Samples in rows [16, I] → samples in lanes [I, 16], I a multiple of 8.
    package let lanesOfRows: @Sendable (Source, Target, Int) -> Void
    /// Input [I, 16], weights [O, I], bias [O] → output [O, 16], for each of the three fully
    /// connected layers; then O, which only the last one heeds: the others are compiled for theirs.
    package let denseForward: [@Sendable (Source, Source, Source, Target, Int) -> Void]

    /// Logits [C, 16], labels [16] → gradient [C, 16], losses [16], 1 where the prediction is
    /// right [16]; then C, the number of classes.
    package let softmaxCrossEntropy:
        @Sendable (
            Source, UnsafePointer<Int32>, Target, Target, UnsafeMutablePointer<Int32>, Int
        ) -> Void
    /// Logits [C, 16] → probabilities [C, 16]; then C.
    package let softmax: @Sendable (Source, Target, Int) -> Void

    /// Samples in lanes [I, 16] → samples in rows [16, I], floats from a row to the next, I of at
    /// least 16.
    package let transpose: @Sendable (Source, Target, Int, Int) -> Void
    /// Samples in lanes [32, 32, 16] → images with parts of their rows twice, [16, 32, 3, 16], 1,552
    /// floats from an image to the next.
    package let rowsOfImages: @Sendable (Source, Target) -> Void
    /// Gradient [O, 16], weights [O, I], input [I, 16] → input gradient [I, 16], zero where the
    /// input is, for the second and the third fully connected layer; then O.
    package let denseInputGradient: [@Sendable (Source, Source, Source, Target, Int) -> Void]
    /// Gradient [O, 16], input rows [16, I] → weight gradient [O, I], bias gradient [O], for each of
    /// the three fully connected layers; then O.
    ///
    /// A variable, so that a test can have a processor compute wrong bits.
    package var denseWeightGradient: [@Sendable (Source, Source, Target, Target, Int) -> Void]
    /// The first of them, with the weight gradient added to some sums, as by `add`: to the first,
    /// this to the second and so on, and the total is in the last; then their count, where the
    /// weights begin in each, and the bias gradient by itself.
    package let dense1WeightGradientSum:
        @Sendable (Source, Source, UnsafePointer<Target>, Int, Int, Target) -> Void
    /// Gradient rows [16, 120], weights, input rows [16, 400], scratch of 4,608 floats → input
    /// gradient rows [16, 400], zero where the input is.
    package let dense1InputGradient: @Sendable (Source, Source, Source, Target, Target) -> Void
    /// Input [16, 14, 14, 8], pooled gradient and winners by channels [16, 16, 5, 5], scratch of
    /// 3,600 floats → gradient by windows [16, 5, 5, 16], weight and bias gradients.
    package let convolution2WeightGradient:
        @Sendable (Source, Source, UnsafePointer<Int32>, Target, Target, Target, Target) -> Void
    /// Gradient and winners by windows [16, 5, 5, 16], weights, scratch of 11,952 floats → input
    /// gradient [16, 14, 14, 8].
    package let convolution2InputGradient:
        @Sendable (Source, UnsafePointer<Int32>, Source, Target, Target) -> Void
    /// Images as `rowsOfImages` writes them, windows with ink, pooled gradient and pooled output
    /// [16, 14, 14, 8], winners [196, 6, 16], scratch of 22,672 floats → weight and bias gradients.
    package let convolution1WeightGradient:
        @Sendable (
            Source, UnsafePointer<UInt16>, Source, Source, UnsafePointer<Int32>, Target, Target,
            Target
        ) -> Void

    /// Parameters, first and second moments, the next of each, gradient sum, count, gradient scale,
    /// β₁, β₂, α, ε: one Adam step.
    package let adam:
        @Sendable (
            Source, Source, Source, Target, Target, Target, Source, Int, Float, Float, Float, Float,
            Float
        ) -> Void

    /// What other optimizers are made of.
    package let descent: Descent
    /// Logits [C, 16], labels [16], gradient [C, 16] and losses [16] of the cross-entropy, which
    /// are changed, the smoothing, and C.
    package let smoothLabels:
        @Sendable (Source, UnsafePointer<Int32>, Target, Target, Float, Int) -> Void

    /// Draws an image anew: (pixels [28, 28], a, b, tx, c, d and ty of the map to them, scratch,
    /// output [28, 28] and 4 bytes more).
    package let affineImage:
        @Sendable (
            UnsafePointer<UInt8>, Source, UnsafeMutableRawPointer, UnsafeMutablePointer<UInt8>
        )
            -> Void

    /// e^x for x ≤ 0 and ln x for x ≥ 1 of a multiple of 16 numbers in place: the polynomials of
    /// softmax and loss.
    package let exponentials, logarithms: @Sendable (Target, Int) -> Void

    /// Lanes of one vector: 16, 8 or 4.
    package let laneCount: Int
    /// Runs rounds of 24 multiply-adds of a whole vector on registers only, to measure the CPU's
    /// peak: (rounds, a number near 0).
    package let multiplyAddRounds: @Sendable (Int, Float) -> Float

    let addition: @Sendable (Target, Source, Int) -> Void
    let outOfPlaceAddition: @Sendable (Source, Source, Target, Int) -> Void
    let finiteness: @Sendable (Source, Int) -> Bool

    /// Adds `count` floats of `right` to `left`, element by element: the reduction tree's addition.
    package func add(
        into left: UnsafeMutablePointer<Float>,
        _ right: UnsafePointer<Float>,
        count: Int
    ) {
        addition(left, right, count)
    }

    /// Writes the sums of `count` floats of `left` and `right` into `sum`: the same addition.
    package func add(
        _ left: UnsafePointer<Float>,
        _ right: UnsafePointer<Float>,
        into sum: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        outOfPlaceAddition(left, right, sum, count)
    }

    /// Whether each of `count` floats is finite.
    package func areFinite(_ values: UnsafePointer<Float>, count: Int) -> Bool {
        finiteness(values, count)
    }
}

extension KernelSet {
    /// The kernels that this CPU runs fastest, or those that `LOCKSTEP_KERNELS` of the environment
    /// names.
    ///
    /// - Throws: when the variable names unknown kernels or some that this CPU cannot run, and when
    ///   it can run none.
    package static func best(environment: [String: String]) throws(KernelError) -> KernelSet {
        try choose(forced: environment["LOCKSTEP_KERNELS"], processorLevel: currentLevel)
    }

    /// All kernels that this CPU can run, the fastest first.
    package static var runnable: [KernelSet] { runnable(processorLevel: currentLevel) }

    /// `best` on a CPU of a given level: 4 has AVX-512, 3 has AVX2 and FMA, less has neither.
    package static func choose(
        forced: String?,
        processorLevel: Int
    ) throws(KernelError) -> KernelSet {
        let runnable = runnable(processorLevel: processorLevel)
        guard let fastest = runnable.first else { throw .noneRunnable }
        guard let forced, !forced.isEmpty else { return fastest }
        if let set = runnable.first(where: { $0.name == forced }) { return set }
        let known = all.map(\.set.name)
        guard known.contains(forced) else { throw .unknownName(forced, known: known) }
        throw .unsupported(forced, runnable: runnable.map(\.name))
    }

    private static func runnable(processorLevel: Int) -> [KernelSet] {
        all.filter { $0.neededLevel <= processorLevel }.map(\.set)
    }

    private static var currentLevel: Int { Int(kernel_processor_level()) }

    #if arch(arm64)
        private static var all: [(neededLevel: Int, set: KernelSet)] { [(0, neon)] }
    #else
        private static var all: [(neededLevel: Int, set: KernelSet)] { [(4, avx512), (3, avx2)] }
    #endif
}
