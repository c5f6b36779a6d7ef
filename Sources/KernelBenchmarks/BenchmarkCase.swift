internal import Kernels
internal import SeededRandom

/// One kernel with arrays to work on and what its work amounts to.
struct BenchmarkCase {
    let name: String
    /// Multiply-adds of all 16 samples, or 0 where bytes are the better measure.
    let multiplyAddCount: Int
    /// Bytes read and written, where there is little arithmetic.
    let byteCount: Int
    /// Whether its time counts against the 8 % of what is neither convolution nor matrix product.
    let isAncillary: Bool
    /// What the kernel writes: its hash shows whether two machines agree.
    let output: UnsafeRawBufferPointer
    let run: () -> Void

    static func products(
        _ name: String,
        perSample count: Int,
        _ output: ShardArray,
        _ run: @escaping () -> Void
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            multiplyAddCount: 16 * count,
            byteCount: 0,
            isAncillary: false,
            output: output.bytes,
            run: run
        )
    }

    static func bytes(
        _ name: String,
        _ count: Int,
        _ output: ShardArray,
        isAncillary: Bool = true,
        _ run: @escaping () -> Void
    ) -> BenchmarkCase {
        BenchmarkCase(
            name: name,
            multiplyAddCount: 0,
            byteCount: count,
            isAncillary: isAncillary,
            output: output.bytes,
            run: run
        )
    }
}

extension ShardArray {
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: elementCount * 64)
    }

    var integers: UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(start).bindMemory(to: Int32.self, capacity: elementCount * 16)
    }
}

/// The arrays between the layers, filled with random numbers, and all kernels on them in the order
/// of a shard.
final class BenchmarkArrays {
    private let kernels: KernelSet
    private let samples: [UInt8]
    // 61,706 floats and less than a vector more.
    private let parameters, gradient, firstMoment, secondMoment: ShardArray
    private let pixels, input, pooled1, pooled2, hidden1, hidden2, logits: ShardArray
    private let resized = ShardArray(elementCount: 1_024)
    private let winners1 = ShardArray(elementCount: 1_176)
    private let winners2 = ShardArray(elementCount: 400)
    private let logitsGradient = ShardArray(elementCount: 10)
    private let hidden2Gradient = ShardArray(elementCount: 84)
    private let hidden1Gradient = ShardArray(elementCount: 120)
    private let pooled2Gradient = ShardArray(elementCount: 400)
    private let pooled1Gradient = ShardArray(elementCount: 1_176)
    private let spread = ShardArray(elementCount: 1_600)
    private let rows = ShardArray(elementCount: 400)
    private let rowGradient = ShardArray(elementCount: 336)
    private let partials = ShardArray(elementCount: 300)
    private let losses = ShardArray(elementCount: 1)
    private let labels = ShardArray(elementCount: 1)
    private let isCorrect = ShardArray(elementCount: 1)

    init(kernels: KernelSet) {
        self.kernels = kernels
        var random = RandomStream(seed: 1, stream: 1)
        samples = (0..<16 * 785).map { _ in UInt8(random.uniform(below: 256)) }
        func array(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> ShardArray {
            ShardArray(elementCount: count, in: range, random: &random)
        }
        parameters = array(3_857, -0.1...0.1)
        gradient = array(3_857)
        firstMoment = array(3_857)
        secondMoment = array(3_857, 0...1)
        (pixels, input) = (ShardArray(elementCount: 784), ShardArray(elementCount: 1_024))
        (pooled1, pooled2) = (ShardArray(elementCount: 1_176), ShardArray(elementCount: 400))
        (hidden1, hidden2) = (ShardArray(elementCount: 120), ShardArray(elementCount: 84))
        logits = ShardArray(elementCount: 10)
        for sample in 0..<16 { labels.integers[sample] = Int32(sample % 10) }
    }

    /// All kernels; each one's output is the input of later ones, so the first pass must go in
    /// order.
    func cases() -> [BenchmarkCase] {
        loading() + forward() + fullyConnectedBackward() + convolutionsBackward() + updates()
    }

    private func loading() -> [BenchmarkCase] {
        let (k, samples) = (kernels, samples)
        return [
            .bytes("bytes to lanes", 16 * 784 * 5, pixels) { [pixels, partials] in
                samples.withUnsafeBufferPointer {
                    guard let start = $0.baseAddress else { return }
                    k.loadPixels(start + 1, 785, 16, partials.start, pixels.start)
                }
            },
            .bytes("padding", 784 * 128, input) { [pixels, input] in
                k.padImages(pixels.start, input.start, true)
            },
            // Instead of padding, where a configuration asks for it.
            .bytes("resizing", (784 + 1_024) * 64, resized, isAncillary: false) {
                [pixels, resized] in
                k.resizeImages(pixels.start, resized.start, true)
            },
        ]
    }

    private func forward() -> [BenchmarkCase] {
        let (k, p) = (kernels, parameters.start)
        return [
            .products("conv1 forward + pool", perSample: 117_600, pooled1) {
                [input, pooled1, winners1] in
                k.convolution1Forward(
                    input.start,
                    p,
                    p + 150,
                    pooled1.start,
                    winners1.integers
                )
            },
            .products("conv2 forward + pool", perSample: 240_000, pooled2) {
                [pooled1, pooled2, winners2] in
                k.convolution2Forward(
                    pooled1.start,
                    p + 156,
                    p + 2_556,
                    pooled2.start,
                    winners2.integers
                )
            },
            .products("fc1 forward", perSample: 48_000, hidden1) { [pooled2, hidden1] in
                k.denseForward[0](pooled2.start, p + 2_572, p + 50_572, hidden1.start)
            },
            .products("fc2 forward", perSample: 10_080, hidden2) { [hidden1, hidden2] in
                k.denseForward[1](hidden1.start, p + 50_692, p + 60_772, hidden2.start)
            },
            .products("fc3 forward", perSample: 840, logits) { [hidden2, logits] in
                k.denseForward[2](hidden2.start, p + 60_856, p + 61_696, logits.start)
            },
            .bytes("softmax and loss", 2 * 10 * 64, logitsGradient) {
                [logits, labels, logitsGradient, losses, isCorrect] in
                k.softmaxCrossEntropy(
                    logits.start,
                    labels.integers,
                    logitsGradient.start,
                    losses.start,
                    isCorrect.integers
                )
            },
        ]
    }

    private func fullyConnectedBackward() -> [BenchmarkCase] {
        let (k, p, g) = (kernels, parameters.start, gradient.start)
        return [
            .bytes("transpose fc1's input", 2 * 400 * 64, rows) { [pooled2, rows, partials] in
                k.transpose(pooled2.start, rows.start, partials.start, 400)
            },
            .products("fc3 weight gradient", perSample: 840, gradient) {
                [logitsGradient, rows] in
                k.denseWeightGradient[2](
                    logitsGradient.start,
                    rows.start,
                    g + 60_856,
                    g + 61_696
                )
            },
            .products("fc3 input gradient", perSample: 840, hidden2Gradient) {
                [logitsGradient, hidden2, hidden2Gradient] in
                k.denseInputGradient[2](
                    logitsGradient.start,
                    p + 60_856,
                    hidden2.start,
                    hidden2Gradient.start
                )
            },
            .products("fc2 weight gradient", perSample: 10_080, gradient) {
                [hidden2Gradient, rows] in
                k.denseWeightGradient[1](
                    hidden2Gradient.start,
                    rows.start,
                    g + 50_692,
                    g + 60_772
                )
            },
            .products("fc2 input gradient", perSample: 10_080, hidden1Gradient) {
                [hidden2Gradient, hidden1, hidden1Gradient] in
                k.denseInputGradient[1](
                    hidden2Gradient.start,
                    p + 50_692,
                    hidden1.start,
                    hidden1Gradient.start
                )
            },
            .products("fc1 weight gradient", perSample: 48_000, gradient) {
                [hidden1Gradient, rows] in
                k.denseWeightGradient[0](
                    hidden1Gradient.start,
                    rows.start,
                    g + 2_572,
                    g + 50_572
                )
            },
            .products("fc1 input gradient", perSample: 48_000, pooled2Gradient) {
                [hidden1Gradient, pooled2, pooled2Gradient] in
                k.denseInputGradient[0](
                    hidden1Gradient.start,
                    p + 2_572,
                    pooled2.start,
                    pooled2Gradient.start
                )
            },
        ]
    }

    private func convolutionsBackward() -> [BenchmarkCase] {
        let (k, p, g) = (kernels, parameters.start, gradient.start)
        return [
            .products("conv2 weight gradient", perSample: 240_000, spread) {
                [pooled1, pooled2Gradient, winners2, spread, partials] in
                k.convolution2WeightGradient(
                    pooled1.start,
                    pooled2Gradient.start,
                    winners2.integers,
                    spread.start,
                    partials.start,
                    g + 156,
                    g + 2_556
                )
            },
            .products("conv2 input gradient", perSample: 240_000, pooled1Gradient) {
                [spread, pooled1, pooled1Gradient] in
                k.convolution2InputGradient(
                    spread.start,
                    p + 156,
                    pooled1.start,
                    pooled1Gradient.start
                )
            },
            .products("conv1 weight gradient", perSample: 117_600, gradient) {
                [input, pooled1Gradient, winners1, rowGradient, partials] in
                k.convolution1WeightGradient(
                    input.start,
                    pooled1Gradient.start,
                    winners1.integers,
                    rowGradient.start,
                    partials.start,
                    g,
                    g + 150
                )
            },
        ]
    }

    private func updates() -> [BenchmarkCase] {
        let k = kernels
        let size = 61_706 * 4
        return [
            .bytes("tree addition", 3 * size, gradient) { [gradient, firstMoment] in
                k.add(into: gradient.start, firstMoment.start, count: 61_706)
            },
            .bytes("Adam", 7 * size, parameters) {
                [parameters, firstMoment, secondMoment, gradient] in
                k.adam(
                    parameters.start,
                    firstMoment.start,
                    secondMoment.start,
                    parameters.start,
                    firstMoment.start,
                    secondMoment.start,
                    gradient.start,
                    61_706,
                    1 / 32,
                    0.9,
                    0.999,
                    0.001,
                    1e-7
                )
            },
        ]
    }
}
