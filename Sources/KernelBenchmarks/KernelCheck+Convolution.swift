internal import KernelReference
internal import Kernels
internal import Model
internal import SeededRandom

extension KernelCheck {
    /// Checks a convolution with rectifier and pooling, forward and backward.
    mutating func convolution(
        _ name: String,
        _ layer: ReferenceConvolution,
        _ numbers: TrialNumbers
    ) throws(KernelBenchmarkError) {
        let trial = ConvolutionTrial(
            layer,
            sampleCount: sampleCount,
            numbers,
            random: &random
        )
        trial.run(kernels)
        let expected = trial.expected(sampleCount: sampleCount)
        for sample in 0..<sampleCount {
            try expect(
                "\(name) forward",
                trial.output.sample(sample),
                expected.outputs[sample],
                tolerance: 0
            )
            guard trial.isSecond else { continue }
            try expect(
                "\(name) input gradient",
                trial.inputGradient.sample(sample),
                expected.inputGradients[sample]
            )
        }
        try expect("\(name) weight gradient", trial.weightGradient, expected.weightGradient)
        try expect("\(name) bias gradient", trial.biasGradient, expected.biasGradient)
    }
}

/// A convolution's arrays, random at first.
private final class ConvolutionTrial {
    /// What the reference computes from the same arrays.
    struct Expected {
        var outputs: [[Float]] = []
        var inputGradients: [[Float]] = []
        var weightGradient: [Float]
        var biasGradient: [Float]
    }

    let layer: ReferenceConvolution
    let input, output, winners, pooledGradient, inputGradient: ShardArray
    let weights, bias: [Float]
    var weightGradient, biasGradient: [Float]

    init(
        _ layer: ReferenceConvolution,
        sampleCount: Int,
        _ kind: TrialNumbers,
        random: inout RandomStream
    ) {
        self.layer = layer
        let (channelCount, side) = (layer.inputChannelCount, layer.inputSide)
        let windowCount = layer.outputChannelCount * layer.outputSide * layer.outputSide / 4
        input = ShardArray(
            elementCount: channelCount * side * side,
            sampleCount: sampleCount,
            random: &random
        )
        input.rectify()
        if kind == .coarse {
            for index in 0..<input.elementCount * 16 { input.start[index].round() }
        }
        pooledGradient = ShardArray(
            elementCount: windowCount,
            sampleCount: sampleCount,
            random: &random
        )
        kind.spoil(input, sampleCount: sampleCount, random: &random)
        kind.spoil(pooledGradient, sampleCount: sampleCount, random: &random)
        output = ShardArray(elementCount: windowCount)
        winners = ShardArray(elementCount: windowCount)
        inputGradient = ShardArray(elementCount: input.elementCount)
        func numbers(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                let number = random.uniformFloat() * 2 - 1
                return kind == .coarse ? number.rounded() : number
            }
        }
        weights = numbers(layer.outputChannelCount * channelCount * 25)
        bias = numbers(layer.outputChannelCount)
        weightGradient = [Float](repeating: 0, count: weights.count)
        biasGradient = [Float](repeating: 0, count: bias.count)
    }

    var isSecond: Bool { layer.inputChannelCount > 1 }

    /// Runs the kernels forward and backward.
    func run(_ kernels: KernelSet) {
        let forward = isSecond ? kernels.convolution2Forward : kernels.convolution1Forward
        forward(input.start, weights, bias, output.start, winners.slice.integers)
        for index in 0..<output.elementCount * 16 where output.start[index] <= 0 {
            pooledGradient.start[index] = 0
        }
        let spread = ShardArray(elementCount: 4 * pooledGradient.elementCount)
        let partials = ShardArray(elementCount: weights.count)
        let backward =
            isSecond ? kernels.convolution2WeightGradient : kernels.convolution1WeightGradient
        backward(
            input.start,
            pooledGradient.start,
            winners.slice.integers,
            spread.start,
            partials.start,
            &weightGradient,
            &biasGradient
        )
        guard isSecond else { return }
        kernels.convolution2InputGradient(spread.start, weights, input.start, inputGradient.start)
    }

    /// The reference's results, the sums taken over the samples.
    func expected(sampleCount: Int) -> Expected {
        var result = Expected(
            weightGradient: [Float](repeating: 0, count: weights.count),
            biasGradient: [Float](repeating: 0, count: bias.count)
        )
        for sample in 0..<sampleCount {
            let x = input.sample(sample)
            let (channelCount, side) = (layer.outputChannelCount, layer.outputSide)
            let (pooled, winners) = ReferencePool.pool(
                layer.output(input: x, weights: weights, bias: bias),
                channelCount: channelCount,
                side: side
            )
            result.outputs.append(pooled)
            let gradient = ReferencePool.inputGradient(
                pooledGradient.sample(sample),
                output: pooled,
                winners: winners,
                channelCount: channelCount,
                side: side
            )
            let sums = layer.weightGradient(gradient: gradient, input: x)
            result.weightGradient = zip(result.weightGradient, sums.weights).map { $0 + $1 }
            result.biasGradient = zip(result.biasGradient, sums.bias).map { $0 + $1 }
            guard isSecond else { continue }
            let open = layer.inputGradient(gradient: gradient, weights: weights)
            result.inputGradients.append(zip(open, x).map { $1 <= 0 ? 0 : $0 })
        }
        return result
    }
}
