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

    /// Takes the model and the samples of `shard`.
    init(kernels: KernelSet, shard: BenchmarkShard) {
        self.kernels = kernels
        samples = shard.samples
        var random = RandomStream(seed: 1, stream: 1)
        let lanes = LeNet.shardSampleCountMax
        let count = (LeNet.parameterCount + lanes - 1) / lanes
        func array(_ range: ClosedRange<Float> = -1...1) -> ShardArray {
            ShardArray(elementCount: count, in: range, random: &random)
        }
        parameters = ShardArray(elementCount: count)
        parameters.start.update(from: shard.parameters.start, count: LeNet.parameterCount)
        gradient = array()
        firstMoment = array()
        secondMoment = array(0...1)
        for sample in 0..<lanes {
            workspace.labels.integers[sample] = Int32(samples[sample * LeNet.sampleSize])
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
                        w.scratch.start,
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
            .bytes("map of ink", w.input.elementCount * 64, w.inkedRows) {
                k.mapInk(w.input.start, w.inkedRows.bits, w.inkedWindows.bits)
            },
            .products("conv1 forward + pool", of: first, w.pooled1) {
                k.convolution1Forward(
                    w.input.start,
                    w.inkedRows.bits,
                    p + first.weight,
                    p + first.bias,
                    w.scratch.start,
                    w.pooled1.start,
                    w.winners1.integers
                )
            },
            .products("conv2 forward + pool", of: second, w.windows2) {
                k.convolution2Forward(
                    w.pooled1.start,
                    p + second.weight,
                    p + second.bias,
                    w.scratch.start,
                    w.windows2.start,
                    w.winners2.integers
                )
            },
            .bytes("turn conv2's output", 4 * w.rows2.elementCount * 64, w.rectified[0]) {
                k.channelsOfWindows(w.windows2.start, w.rows2.start)
                k.lanesOfRows(w.rows2.start, w.rectified[0].start, w.rows2.elementCount)
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
                    w.labels.integers,
                    w.logitsGradient.start,
                    w.losses.start,
                    w.isCorrect.integers
                )
            }
        ]
    }

    private func fullyConnectedBackward() -> [BenchmarkCase] {
        let (k, p, g, w, gradient) = (
            kernels, parameters.start, gradient.start, workspace, gradient
        )
        let narrow = LeNet.dense.enumerated().dropFirst().reversed().flatMap {
            index,
            layer -> [BenchmarkCase] in
            let outputGradient = w.rectifiedGradients[index]
            let inputGradient = w.rectifiedGradients[index - 1]
            return [
                .bytes("transpose fc\(index + 1)'s input", 2 * layer.inputCount * 64, w.rows) {
                    k.transpose(
                        w.rectified[index].start,
                        w.rows.start,
                        w.scratch.start,
                        layer.inputCount
                    )
                },
                .products("fc\(index + 1) weight gradient", of: layer, gradient.slice) {
                    k.denseWeightGradient[index](
                        outputGradient.start,
                        w.rows.start,
                        g + layer.weight,
                        g + layer.bias
                    )
                },
                .products("fc\(index + 1) input gradient", of: layer, inputGradient) {
                    k.denseInputGradient[index - 1](
                        outputGradient.start,
                        p + layer.weight,
                        w.rectified[index].start,
                        inputGradient.start
                    )
                },
            ]
        }
        return narrow + widestBackward()
    }

    private func widestBackward() -> [BenchmarkCase] {
        let (k, p, g, w) = (kernels, parameters.start, gradient.start, workspace)
        let layer = LeNet.dense[0]
        let outputGradient = w.rectifiedGradients[0]
        return [
            .products("fc1 weight gradient", of: layer, gradient.slice) {
                k.denseWeightGradient[0](
                    outputGradient.start,
                    w.rows2.start,
                    g + layer.weight,
                    g + layer.bias
                )
            },
            .bytes("transpose fc1's gradient", 2 * layer.outputCount * 64, w.rows) {
                k.transpose(
                    outputGradient.start,
                    w.rows.start,
                    w.scratch.start,
                    layer.outputCount
                )
            },
            .products("fc1 input gradient", of: layer, w.rows2Gradient) {
                k.dense1InputGradient(
                    w.rows.start,
                    p + layer.weight,
                    w.rows2.start,
                    w.scratch.start,
                    w.rows2Gradient.start
                )
            },
        ]
    }

    private func convolutionsBackward() -> [BenchmarkCase] {
        let (k, p, g, w) = (kernels, parameters.start, gradient.start, workspace)
        let (first, second) = (first, second)
        return [
            .bytes("turn conv2's winners", 2 * w.winners2.elementCount * 64, w.rowWinners2) {
                k.channelsOfWindows(w.winners2.start, w.rowWinners2.start)
            },
            .products("conv2 weight gradient", of: second, gradient.slice) {
                k.convolution2WeightGradient(
                    w.pooled1.start,
                    w.rows2Gradient.start,
                    w.rowWinners2.integers,
                    w.scratch.start,
                    w.windows2Gradient.start,
                    g + second.weight,
                    g + second.bias
                )
            },
            .products("conv2 input gradient", of: second, w.pooled1Gradient) {
                k.convolution2InputGradient(
                    w.windows2Gradient.start,
                    w.winners2.integers,
                    p + second.weight,
                    w.scratch.start,
                    w.pooled1Gradient.start
                )
            },
            .bytes("transpose the input", 2 * w.input.elementCount * 64, w.images) {
                k.transpose(w.input.start, w.images.start, w.scratch.start, w.input.elementCount)
            },
            .products("conv1 weight gradient", of: first, gradient.slice) {
                k.convolution1WeightGradient(
                    w.images.start,
                    w.inkedWindows.bits,
                    w.pooled1Gradient.start,
                    w.pooled1.start,
                    w.winners1.integers,
                    w.scratch.start,
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
