internal import Kernels
internal import Model
internal import SeededRandom

/// The arrays between the layers, filled with random numbers, and all kernels on them in the order
/// of a shard.
final class BenchmarkArrays {
    private let kernels: KernelSet
    private let samples: [UInt8]
    // All parameters and less than a vector more.
    private let parameters, gradient, firstMoment, secondMoment: ShardArray
    private let resized = ShardArray(elementCount: LeNet.layers[0].inputCount)
    private let workspace = Workspace()
    private let (first, second) = (LeNet.convolutions[0], LeNet.convolutions[1])

    init(kernels: KernelSet) {
        self.kernels = kernels
        var random = RandomStream(seed: 1, stream: 1)
        let lanes = LeNet.shardSampleCountMax
        samples = (0..<lanes * LeNet.sampleSize).map { _ in UInt8(random.uniform(below: 256)) }
        func array(_ range: ClosedRange<Float> = -1...1) -> ShardArray {
            let count = (LeNet.parameterCount + lanes - 1) / lanes
            return ShardArray(elementCount: count, in: range, random: &random)
        }
        parameters = array(-0.1...0.1)
        gradient = array()
        firstMoment = array()
        secondMoment = array(0...1)
        for sample in 0..<lanes {
            workspace.outcomes.labels.integers[sample] = Int32(sample % LeNet.classCount)
        }
    }

    /// All kernels; each one's output is the input of later ones, so the first pass must go in
    /// order.
    func cases() -> [BenchmarkCase] {
        loading() + convolutionsForward() + fullyConnectedForward() + fullyConnectedBackward()
            + convolutionsBackward() + updates()
    }

    private func loading() -> [BenchmarkCase] {
        let (k, samples, w) = (kernels, samples, workspace)
        let (lanes, pixelCount) = (LeNet.shardSampleCountMax, LeNet.imageSize)
        return [
            .bytes("bytes to lanes", lanes * pixelCount * 5, w.pixels) {
                samples.withUnsafeBufferPointer {
                    guard let start = $0.baseAddress else { return }
                    k.loadPixels(
                        start + 1,
                        LeNet.sampleSize,
                        lanes,
                        w.scratch.partials.start,
                        w.pixels.start
                    )
                }
            },
            .bytes("padding", pixelCount * 128, w.input) {
                k.padImages(w.pixels.start, w.input.start, true)
            },
            // Instead of padding, where a configuration asks for it.
            .bytes(
                "resizing",
                (pixelCount + resized.elementCount) * 64,
                resized.slice,
                isAncillary: false
            ) { [resized] in
                k.resizeImages(w.pixels.start, resized.start, true)
            },
        ]
    }

    private func convolutionsForward() -> [BenchmarkCase] {
        let (k, p, w, first, second) = (kernels, parameters.start, workspace, first, second)
        return [
            .products("conv1 forward + pool", of: first, w.pooled[0]) {
                k.convolution1Forward(
                    w.input.start,
                    p + first.weight,
                    p + first.bias,
                    w.pooled[0].start,
                    w.winners[0].integers
                )
            },
            .products("conv2 forward + pool", of: second, w.pooled[1]) {
                k.convolution2Forward(
                    w.pooled[0].start,
                    p + second.weight,
                    p + second.bias,
                    w.pooled[1].start,
                    w.winners[1].integers
                )
            },
        ]
    }

    private func fullyConnectedForward() -> [BenchmarkCase] {
        let (k, p, w) = (kernels, parameters.start, workspace)
        return LeNet.dense.enumerated().map { index, layer in
            .products("fc\(index + 1) forward", of: layer, w.rectified[index + 1]) {
                k.denseForward[index](
                    w.rectified[index].start,
                    p + layer.weight,
                    p + layer.bias,
                    w.rectified[index + 1].start
                )
            }
        } + [
            .bytes("softmax and loss", 2 * LeNet.classCount * 64, w.logitsGradient) {
                k.softmaxCrossEntropy(
                    w.logits.start,
                    w.outcomes.labels.integers,
                    w.logitsGradient.start,
                    w.outcomes.losses.start,
                    w.outcomes.isCorrect.integers
                )
            }
        ]
    }

    private func fullyConnectedBackward() -> [BenchmarkCase] {
        let (k, p, g, w, gradient) = (
            kernels, parameters.start, gradient.start, workspace, gradient
        )
        let pixelRow = LeNet.dense[0].inputCount
        return [
            .bytes("transpose fc1's input", 2 * pixelRow * 64, w.scratch.rows) {
                k.transpose(
                    w.pooled[1].start,
                    w.scratch.rows.start,
                    w.scratch.partials.start,
                    pixelRow
                )
            }
        ]
            + LeNet.dense.enumerated().reversed().flatMap { index, layer -> [BenchmarkCase] in
                let outputGradient = w.rectifiedGradients[index + 1]
                let inputGradient = w.rectifiedGradients[index]
                return [
                    .products("fc\(index + 1) weight gradient", of: layer, gradient.slice) {
                        k.denseWeightGradient[index](
                            outputGradient.start,
                            w.scratch.rows.start,
                            g + layer.weight,
                            g + layer.bias
                        )
                    },
                    .products("fc\(index + 1) input gradient", of: layer, inputGradient) {
                        k.denseInputGradient[index](
                            outputGradient.start,
                            p + layer.weight,
                            w.rectified[index].start,
                            inputGradient.start
                        )
                    },
                ]
            }
    }

    private func convolutionsBackward() -> [BenchmarkCase] {
        let (k, p, g, w) = (kernels, parameters.start, gradient.start, workspace)
        let (first, second) = (first, second)
        return [
            .products("conv2 weight gradient", of: second, w.convolution2Gradient) {
                k.convolution2WeightGradient(
                    w.pooled[0].start,
                    w.pooledGradients[1].start,
                    w.winners[1].integers,
                    w.convolution2Gradient.start,
                    w.scratch.partials.start,
                    g + second.weight,
                    g + second.bias
                )
            },
            .products("conv2 input gradient", of: second, w.pooledGradients[0]) {
                k.convolution2InputGradient(
                    w.convolution2Gradient.start,
                    p + second.weight,
                    w.pooled[0].start,
                    w.pooledGradients[0].start
                )
            },
            .products("conv1 weight gradient", of: first, gradient.slice) {
                k.convolution1WeightGradient(
                    w.input.start,
                    w.pooledGradients[0].start,
                    w.winners[0].integers,
                    w.scratch.rowGradient.start,
                    w.scratch.partials.start,
                    g + first.weight,
                    g + first.bias
                )
            },
        ]
    }

    private func updates() -> [BenchmarkCase] {
        let (k, count) = (kernels, LeNet.parameterCount)
        return [
            .bytes("tree addition", 3 * ParameterBuffer.size, gradient.slice) {
                [gradient, firstMoment] in
                k.add(into: gradient.start, firstMoment.start, count: count)
            },
            .bytes("Adam", 7 * ParameterBuffer.size, parameters.slice) {
                [parameters, firstMoment, secondMoment, gradient] in
                k.adam(
                    parameters.start,
                    firstMoment.start,
                    secondMoment.start,
                    parameters.start,
                    firstMoment.start,
                    secondMoment.start,
                    gradient.start,
                    count,
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
