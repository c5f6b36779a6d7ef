internal import Kernels
internal import Model
internal import SeededRandom

/// The arrays between the layers of a shard of real samples, and all kernels on them in its order.
final class BenchmarkArrays {
    private let kernels: KernelSet
    private let samples: [UInt8]
    private let parameters = ParameterBuffer()
    private let gradient, firstMoment, secondMoment: ParameterBuffer
    private let resized = ShardArray(elementCount: LeNet.digits.layers[0].inputCount)
    private let workspace = Workspace()
    private let (first, second) = (LeNet.convolutions[0], LeNet.convolutions[1])

    /// Takes the model and the samples of `shard`.
    init(kernels: KernelSet, shard: BenchmarkShard) {
        self.kernels = kernels
        samples = shard.samples
        var random = RandomStream(seed: 1, stream: 1)
        func buffer(from least: Float = -1) -> ParameterBuffer {
            let buffer = ParameterBuffer()
            for index in buffer.floats.indices {
                buffer.floats[index] = least + random.uniformFloat() * (1 - least)
            }
            return buffer
        }
        parameters.copy(from: shard.parameters)
        (gradient, firstMoment, secondMoment) = (buffer(), buffer(), buffer(from: 0))
        for sample in 0..<LeNet.shardSampleCountMax {
            workspace.outcomes.labels.integers[sample] = Int32(samples[sample * LeNet.sampleSize])
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
            .bytes("bytes to lanes", lanes * pixelCount * 5, w.pixels.bytes, isLoading: true) {
                samples.withUnsafeBufferPointer {
                    guard let start = $0.baseAddress else { return }
                    k.loadPixels(
                        start + 1,
                        LeNet.sampleSize,
                        lanes,
                        w.scratch.kernel.start,
                        w.pixels.start
                    )
                }
            },
            .bytes("padding", pixelCount * 128, w.input.bytes, isLoading: true) {
                k.padImages(w.pixels.start, w.input.start, true)
            },
            // Instead of padding, where a configuration asks for it.
            .bytes(
                "resizing",
                (pixelCount + resized.elementCount) * 64,
                resized.slice.bytes
            ) { [resized] in
                k.resizeImages(w.pixels.start, resized.start, true)
            },
        ]
    }

    private func convolutionsForward() -> [BenchmarkCase] {
        let (k, p, w, first, second) = (kernels, parameters.start, workspace, first, second)
        return [
            .bytes("map of ink", w.input.elementCount * 64, w.ink.columns.bytes, isLoading: true) {
                k.mapInk(w.input.start, w.ink.columns.words, w.ink.windows.bits)
            },
            .products(
                "conv1 forward + pool",
                of: first,
                zeros: { w.input.zeros },
                w.pooled1.output.bytes
            ) {
                k.convolution1Forward(
                    w.input.start,
                    w.ink.columns.words,
                    p + first.weight,
                    p + first.bias,
                    w.scratch.kernel.start,
                    w.pooled1.output.start,
                    w.pooled1.winners.integers
                )
            },
            .products(
                "conv2 forward + pool",
                of: second,
                zeros: { w.pooled1.output.zeros(openedBy: w.pooled1.output) },
                w.windows2.output.bytes
            ) {
                k.convolution2Forward(
                    w.pooled1.output.start,
                    p + second.weight,
                    p + second.bias,
                    w.scratch.kernel.start,
                    w.windows2.output.start,
                    w.windows2.winners.integers
                )
            },
            .bytes(
                "turn conv2's output",
                4 * w.rows2.output.elementCount * 64,
                w.rectified[0].bytes
            ) {
                k.channelsOfWindows(w.windows2.output.start, w.rows2.output.start)
                k.lanesOfRows(
                    w.rows2.output.start,
                    w.rectified[0].start,
                    w.rows2.output.elementCount
                )
            },
        ]
    }

    private func fullyConnectedForward() -> [BenchmarkCase] {
        let (k, p, w) = (kernels, parameters.start, workspace)
        return LeNet.digits.dense.enumerated().map { index, layer in
            .products(
                "fc\(index + 1) forward",
                of: layer,
                zeros: { w.rectified[index].zeros },
                w.rectified[index + 1].bytes
            ) {
                k.denseForward[index](
                    w.rectified[index].start,
                    p + layer.weight,
                    p + layer.bias,
                    w.rectified[index + 1].start,
                    layer.outputCount
                )
            }
        } + [
            .bytes("softmax and loss", 2 * LeNet.digits.classCount * 64, w.logitsGradient.bytes) {
                k.softmaxCrossEntropy(
                    w.logits.start,
                    w.outcomes.labels.integers,
                    w.logitsGradient.start,
                    w.outcomes.losses.start,
                    w.outcomes.isCorrect.integers,
                    LeNet.digits.classCount
                )
            }
        ]
    }

    private func fullyConnectedBackward() -> [BenchmarkCase] {
        let (k, p, g, w, gradient) = (
            kernels, parameters.start, gradient.start, workspace, gradient
        )
        let narrow = LeNet.digits.dense.enumerated().dropFirst().reversed().flatMap {
            index,
            layer -> [BenchmarkCase] in
            let outputGradient = w.rectifiedGradients[index]
            let inputGradient = w.rectifiedGradients[index - 1]
            return [
                .bytes(
                    "transpose fc\(index + 1)'s input",
                    2 * layer.inputCount * 64,
                    w.scratch.rows.bytes
                ) {
                    k.transpose(
                        w.rectified[index].start,
                        w.scratch.rows.start,
                        layer.inputCount,
                        layer.inputCount
                    )
                },
                .products(
                    "fc\(index + 1) weight gradient",
                    of: layer,
                    zeros: { outputGradient.zeros },
                    UnsafeRawBufferPointer(gradient.bytes)
                ) {
                    k.denseWeightGradient[index](
                        outputGradient.start,
                        w.scratch.rows.start,
                        g + layer.weight,
                        g + layer.bias,
                        layer.outputCount
                    )
                },
                .products(
                    "fc\(index + 1) input gradient",
                    of: layer,
                    zeros: { outputGradient.zeros },
                    inputGradient.bytes
                ) {
                    k.denseInputGradient[index - 1](
                        outputGradient.start,
                        p + layer.weight,
                        w.rectified[index].start,
                        inputGradient.start,
                        layer.outputCount
                    )
                },
            ]
        }
        return narrow + widestBackward()
    }

    private func widestBackward() -> [BenchmarkCase] {
        let (k, p, g, w) = (kernels, parameters.start, gradient.start, workspace)
        let layer = LeNet.digits.dense[0]
        let outputGradient = w.rectifiedGradients[0]
        return [
            .products(
                "fc1 weight gradient",
                of: layer,
                zeros: { outputGradient.zeros },
                UnsafeRawBufferPointer(gradient.bytes)
            ) {
                k.denseWeightGradient[0](
                    outputGradient.start,
                    w.rows2.output.start,
                    g + layer.weight,
                    g + layer.bias,
                    layer.outputCount
                )
            },
            .bytes("transpose fc1's gradient", 2 * layer.outputCount * 64, w.scratch.rows.bytes) {
                k.transpose(
                    outputGradient.start,
                    w.scratch.rows.start,
                    layer.outputCount,
                    layer.outputCount
                )
            },
            .products(
                "fc1 input gradient",
                of: layer,
                zeros: { outputGradient.zeros },
                w.rows2.gradient.bytes
            ) {
                k.dense1InputGradient(
                    w.scratch.rows.start,
                    p + layer.weight,
                    w.rows2.output.start,
                    w.scratch.kernel.start,
                    w.rows2.gradient.start
                )
            },
        ]
    }

    private func convolutionsBackward() -> [BenchmarkCase] {
        let (k, p, g, w) = (kernels, parameters.start, gradient.start, workspace)
        let (first, second) = (first, second)
        // Three of four places under a window are zero to begin with.
        let secondZeros = { 1 - (1 - w.rows2.gradient.zeros) / 4 }
        let firstZeros = { 1 - (1 - w.pooled1.gradient.zeros(openedBy: w.pooled1.output)) / 4 }
        return [
            .bytes(
                "turn conv2's winners",
                2 * w.windows2.winners.elementCount * 64,
                w.rows2.winners.bytes
            ) {
                k.channelsOfWindows(w.windows2.winners.start, w.rows2.winners.start)
            },
            .products(
                "conv2 weight gradient",
                of: second,
                zeros: secondZeros,
                UnsafeRawBufferPointer(gradient.bytes)
            ) {
                k.convolution2WeightGradient(
                    w.pooled1.output.start,
                    w.rows2.gradient.start,
                    w.rows2.winners.integers,
                    w.scratch.kernel.start,
                    w.windows2.gradient.start,
                    g + second.weight,
                    g + second.bias
                )
            },
            .products(
                "conv2 input gradient",
                of: second,
                zeros: secondZeros,
                w.pooled1.gradient.bytes
            ) {
                k.convolution2InputGradient(
                    w.windows2.gradient.start,
                    w.windows2.winners.integers,
                    p + second.weight,
                    w.scratch.kernel.start,
                    w.pooled1.gradient.start
                )
            },
            .bytes(
                "transpose the input",
                (w.input.elementCount + w.images.elementCount) * 64,
                w.images.bytes
            ) {
                k.rowsOfImages(w.input.start, w.images.start)
            },
            .products(
                "conv1 weight gradient",
                of: first,
                zeros: firstZeros,
                UnsafeRawBufferPointer(gradient.bytes)
            ) {
                k.convolution1WeightGradient(
                    w.images.start,
                    w.ink.windows.bits,
                    w.pooled1.gradient.start,
                    w.pooled1.output.start,
                    w.pooled1.winners.integers,
                    w.scratch.kernel.start,
                    g + first.weight,
                    g + first.bias
                )
            },
        ]
    }

    private func updates() -> [BenchmarkCase] {
        let (k, count) = (kernels, LeNet.digits.parameterCount)
        return [
            .bytes(
                "tree addition",
                3 * 4 * LeNet.digits.parameterCount,
                UnsafeRawBufferPointer(gradient.bytes)
            ) {
                [gradient, firstMoment] in
                k.add(into: gradient.start, firstMoment.start, count: count)
            },
            .bytes(
                "Adam",
                7 * 4 * LeNet.digits.parameterCount,
                UnsafeRawBufferPointer(parameters.bytes)
            ) {
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
