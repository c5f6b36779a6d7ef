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
                // The second's orders of operations are not the reference's.
                tolerance: trial.isSecond ? 4e-6 : 0
            )
            guard trial.isSecond else { continue }
            try expect(
                "\(name) choice of winners",
                expected.outputsOfWinners[sample],
                expected.outputs[sample]
            )
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
        /// Those of the windows' winners as the kernel has chosen them.
        var outputsOfWinners: [[Float]] = []
        var inputGradients: [[Float]] = []
        var weightGradient: [Float]
        var biasGradient: [Float]
    }

    let layer: ReferenceConvolution
    let input, output, winners, pooledGradient, inputGradient: ShardArray
    /// The winners by channels, of the second convolution.
    private let winnerRows = ShardArray(elementCount: 400)
    private let scratch = ShardArray(elementCount: 22_672 / 16)
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
        if kind == .sparse {
            for element in 0..<input.elementCount where random.uniformFloat() < 0.9 {
                (input.start + element * 16).update(repeating: 0, count: 16)
            }
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
        if isSecond { runSecond(kernels) } else { runFirst(kernels) }
    }

    private func runFirst(_ kernels: KernelSet) {
        let (columns, windows) = (ShardArray(elementCount: 4), ShardArray(elementCount: 32))
        kernels.mapInk(input.start, columns.slice.words, windows.slice.bits)
        let pooled = ShardArray(elementCount: 196 * 8)
        kernels.convolution1Forward(
            input.start,
            columns.slice.words,
            weights,
            bias,
            scratch.start,
            pooled.start,
            winners.slice.integers
        )
        pooled.copyPositions(into: output, channelCount: 6)
        let gradient = ShardArray(elementCount: 196 * 8)
        gradient.copyChannels(of: pooledGradient, channelCount: 6)
        let images = ShardArray(elementCount: 32 * 48 + 16)
        kernels.rowsOfImages(input.start, images.start)
        kernels.convolution1WeightGradient(
            images.start,
            windows.slice.bits,
            gradient.start,
            pooled.start,
            winners.slice.integers,
            scratch.start,
            &weightGradient,
            &biasGradient
        )
    }

    private func runSecond(_ kernels: KernelSet) {
        let x = ShardArray(elementCount: 196 * 8)
        x.copyChannels(of: input, channelCount: 6)
        let windows = ShardArray(elementCount: output.elementCount)
        let (rows, rowGradient) = (ShardArray(elementCount: 400), ShardArray(elementCount: 400))
        kernels.convolution2Forward(
            x.start,
            weights,
            bias,
            scratch.start,
            windows.start,
            winners.slice.integers
        )
        kernels.channelsOfWindows(windows.start, rows.start)
        kernels.lanesOfRows(rows.start, output.start, 400)
        kernels.channelsOfWindows(winners.start, winnerRows.start)
        for index in 0..<output.elementCount * 16 where output.start[index] <= 0 {
            pooledGradient.start[index] = 0
        }
        kernels.transpose(pooledGradient.start, rowGradient.start, 400, 400)
        kernels.convolution2WeightGradient(
            x.start,
            rowGradient.start,
            winnerRows.slice.integers,
            scratch.start,
            windows.start,
            &weightGradient,
            &biasGradient
        )
        let gradient = ShardArray(elementCount: 196 * 8)
        kernels.convolution2InputGradient(
            windows.start,
            winners.slice.integers,
            weights,
            scratch.start,
            gradient.start
        )
        gradient.copyPositions(into: inputGradient, channelCount: 6)
        // The kernel of the first convolution rectifies.
        for index in 0..<input.elementCount * 16 where input.start[index] <= 0 {
            inputGradient.start[index] = 0
        }
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
            let values = layer.output(input: x, weights: weights, bias: bias)
            var (pooled, winners) = ReferencePool.pool(
                values,
                channelCount: channelCount,
                side: side
            )
            result.outputs.append(pooled)
            if isSecond {
                // Of values that are nearly the same, its order of operations may choose any.
                winners = chosenWinners(of: sample)
                let chosen = ReferencePool.outputs(
                    of: values,
                    winners: winners,
                    channelCount: channelCount,
                    side: side
                )
                result.outputsOfWinners.append(chosen)
                pooled = output.sample(sample)
            }
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

    private func chosenWinners(of sample: Int) -> [Int] {
        (0..<400).map { Int(winnerRows.slice.integers[sample * 400 + $0]) }
    }
}

/// The layouts of the first convolution's output: [C, P, P, 16 samples] and [16, P, P, 8 channels].
extension ShardArray {
    fileprivate func copyChannels(of lanes: ShardArray, channelCount: Int) {
        let positionCount = lanes.elementCount / channelCount
        for channel in 0..<channelCount {
            for position in 0..<positionCount {
                for sample in 0..<16 {
                    start[(sample * positionCount + position) * 8 + channel] =
                        lanes.start[(channel * positionCount + position) * 16 + sample]
                }
            }
        }
    }

    fileprivate func copyPositions(into lanes: ShardArray, channelCount: Int) {
        let positionCount = lanes.elementCount / channelCount
        for channel in 0..<channelCount {
            for position in 0..<positionCount {
                for sample in 0..<16 {
                    lanes.start[(channel * positionCount + position) * 16 + sample] =
                        start[(sample * positionCount + position) * 8 + channel]
                }
            }
        }
    }
}
