internal import KernelReference
package import Kernels
internal import SeededRandom

/// Compares every layer's kernel with the naive reference on random numbers.
package struct KernelCheck {
    private let kernels: KernelSet
    private let sampleCount: Int
    private var random: RandomStream

    /// Checks shards of `sampleCount` samples; unused lanes hold zeros.
    package init(kernels: KernelSet, sampleCount: Int = 16, seed: UInt64 = 1) {
        self.kernels = kernels
        self.sampleCount = sampleCount
        random = RandomStream(seed: seed, stream: UInt64(sampleCount))
    }

    /// Checks all layers, forward and backward.
    ///
    /// - Throws: when a number is further from the reference than rounding explains.
    package mutating func run() throws(KernelBenchmarkError) {
        try convolution(
            "convolution 1",
            ReferenceConvolution(inputChannelCount: 1, outputChannelCount: 6, inputSide: 32)
        )
        try convolution(
            "convolution 2",
            ReferenceConvolution(inputChannelCount: 6, outputChannelCount: 16, inputSide: 14)
        )
        for (index, shape) in [(400, 120), (120, 84), (84, 10)].enumerated() {
            try dense(index, inputCount: shape.0, outputCount: shape.1)
        }
        try softmax()
        try elementwise()
    }

    private mutating func numbers(
        _ count: Int,
        in range: ClosedRange<Float> = -1...1
    ) -> [Float] {
        (0..<count).map { _ in
            range.lowerBound + random.uniformFloat() * (range.upperBound - range.lowerBound)
        }
    }

    /// Compares to `tolerance` times the greatest expected magnitude.
    private func expect(
        _ kernel: String,
        _ found: [Float],
        _ expected: [Float],
        tolerance: Float = 4e-6
    ) throws(KernelBenchmarkError) {
        let greatest = expected.reduce(1e-6) { max($0, abs($1)) }
        for (a, b) in zip(found, expected) where !(abs(a - b) <= tolerance * greatest) {
            throw .mismatch(kernel: kernel, set: kernels.name, found: a, expected: b)
        }
    }

    private mutating func convolution(
        _ name: String,
        _ layer: ReferenceConvolution
    ) throws(KernelBenchmarkError) {
        let (channels, side) = (layer.inputChannelCount, layer.inputSide)
        let outputs = layer.outputChannelCount
        let windowCount = outputs * layer.outputSide * layer.outputSide / 4
        let input = ShardArray(
            elementCount: channels * side * side,
            sampleCount: sampleCount,
            random: &random
        )
        input.rectify()
        let weights = numbers(outputs * channels * 25)
        let bias = numbers(outputs)
        let output = ShardArray(elementCount: windowCount)
        let winners = ShardArray(elementCount: windowCount)
        let winnerAddress = UnsafeMutableRawPointer(winners.start).bindMemory(
            to: Int32.self,
            capacity: windowCount * 16
        )
        let forward =
            channels == 1 ? kernels.convolution1Forward : kernels.convolution2Forward
        forward(input.start, weights, bias, output.start, winnerAddress)
        let pooledGradient = ShardArray(
            elementCount: windowCount,
            sampleCount: sampleCount,
            random: &random
        )
        for index in 0..<windowCount * 16 where output.start[index] <= 0 {
            pooledGradient.start[index] = 0
        }
        var gradients: [[Float]] = []
        var weightSum = [Float](repeating: 0, count: weights.count)
        var biasSum = [Float](repeating: 0, count: outputs)
        for sample in 0..<sampleCount {
            let values = layer.output(input: input.sample(sample), weights: weights, bias: bias)
            let pooled = ReferencePool.pool(
                values,
                channelCount: outputs,
                side: layer.outputSide
            )
            try expect("\(name) forward", output.sample(sample), pooled.output, tolerance: 0)
            let gradient = ReferencePool.inputGradient(
                pooledGradient.sample(sample),
                output: pooled.output,
                winners: pooled.winners,
                channelCount: outputs,
                side: layer.outputSide
            )
            let sums = layer.weightGradient(gradient: gradient, input: input.sample(sample))
            weightSum = zip(weightSum, sums.weights).map { $0 + $1 }
            biasSum = zip(biasSum, sums.bias).map { $0 + $1 }
            gradients.append(gradient)
        }
        var weightGradient = [Float](repeating: 0, count: weights.count)
        var biasGradient = [Float](repeating: 0, count: outputs)
        let spread = ShardArray(elementCount: 1_600)
        let partials = ShardArray(elementCount: 2_400)
        let backward =
            channels == 1 ? kernels.convolution1WeightGradient : kernels.convolution2WeightGradient
        backward(
            input.start,
            pooledGradient.start,
            winnerAddress,
            spread.start,
            partials.start,
            &weightGradient,
            &biasGradient
        )
        try expect("\(name) weight gradient", weightGradient, weightSum)
        try expect("\(name) bias gradient", biasGradient, biasSum)
        guard channels > 1 else { return }
        let inputGradient = ShardArray(elementCount: input.elementCount)
        kernels.convolution2InputGradient(
            spread.start,
            weights,
            input.start,
            inputGradient.start
        )
        for sample in 0..<sampleCount {
            let expected = layer.inputGradient(gradient: gradients[sample], weights: weights)
            try expect(
                "\(name) input gradient",
                inputGradient.sample(sample),
                zip(expected, input.sample(sample)).map { $1 > 0 ? $0 : 0 }
            )
        }
    }

    private mutating func dense(
        _ index: Int,
        inputCount: Int,
        outputCount: Int
    ) throws(KernelBenchmarkError) {
        let name = "fully connected \(index + 1)"
        let input = ShardArray(elementCount: inputCount, sampleCount: sampleCount, random: &random)
        input.rectify()
        let weights = numbers(inputCount * outputCount)
        let bias = numbers(outputCount)
        let output = ShardArray(elementCount: outputCount)
        kernels.denseForward[index](input.start, weights, bias, output.start)
        let gradient = ShardArray(
            elementCount: outputCount,
            sampleCount: sampleCount,
            random: &random
        )
        let inputGradient = ShardArray(elementCount: inputCount)
        kernels.denseInputGradient[index](
            gradient.start,
            weights,
            input.start,
            inputGradient.start
        )
        let rows = ShardArray(elementCount: inputCount)
        let scratch = ShardArray(elementCount: 32)
        kernels.transpose(input.start, rows.start, scratch.start, inputCount)
        var weightGradient = [Float](repeating: 0, count: weights.count)
        var biasGradient = [Float](repeating: 0, count: outputCount)
        kernels.denseWeightGradient[index](
            gradient.start,
            rows.start,
            &weightGradient,
            &biasGradient
        )
        var weightSum = [Float](repeating: 0, count: weights.count)
        var biasSum = [Float](repeating: 0, count: outputCount)
        for sample in 0..<sampleCount {
            let x = input.sample(sample)
            let g = gradient.sample(sample)
            let y = ReferenceDense.output(input: x, weights: weights, bias: bias)
            try expect(
                "\(name) forward",
                output.sample(sample),
                index < 2 ? y.map { max($0, 0) } : y,
                tolerance: 0
            )
            let expected = ReferenceDense.inputGradient(gradient: g, weights: weights)
            try expect(
                "\(name) input gradient",
                inputGradient.sample(sample),
                zip(expected, x).map { $1 > 0 ? $0 : 0 }
            )
            let products = ReferenceDense.weightGradient(gradient: g, input: x)
            weightSum = zip(weightSum, products).map { $0 + $1 }
            biasSum = zip(biasSum, g).map { $0 + $1 }
        }
        try expect("\(name) weight gradient", weightGradient, weightSum)
        try expect("\(name) bias gradient", biasGradient, biasSum)
    }

    private mutating func softmax() throws(KernelBenchmarkError) {
        let logits = ShardArray(
            elementCount: 10,
            sampleCount: sampleCount,
            in: -8...8,
            random: &random
        )
        let labels = (0..<16).map { $0 < sampleCount ? Int32(random.uniform(below: 10)) : -1 }
        let gradient = ShardArray(elementCount: 10)
        var losses = [Float](repeating: 0, count: 16)
        var isCorrect = [Int32](repeating: 0, count: 16)
        kernels.softmaxCrossEntropy(logits.start, labels, gradient.start, &losses, &isCorrect)
        let probabilities = ShardArray(elementCount: 10)
        kernels.softmax(logits.start, probabilities.start)
        for sample in 0..<sampleCount {
            let z = logits.sample(sample)
            let expected = ReferenceLoss.lossAndGradient(logits: z, label: Int(labels[sample]))
            try expect("softmax gradient", gradient.sample(sample), expected.gradient)
            try expect("loss", [losses[sample]], [expected.loss])
            try expect(
                "softmax",
                probabilities.sample(sample),
                ReferenceLoss.probabilities(z)
            )
            let prediction = z.firstIndex(of: z.max() ?? 0)
            try expect(
                "prediction",
                [Float(isCorrect[sample])],
                [prediction == Int(labels[sample]) ? 1 : 0]
            )
        }
        for sample in sampleCount..<16 {
            try expect(
                "softmax gradient of an absent sample",
                gradient.sample(sample),
                [Float](repeating: 0, count: 10),
                tolerance: 0
            )
        }
    }

    private mutating func elementwise() throws(KernelBenchmarkError) {
        // A count that no vector divides.
        let count = 1_000 + sampleCount
        var left = numbers(count)
        let right = numbers(count)
        let sum = ReferenceOptimizer.treeSum([left, right])
        kernels.add(into: &left, right, count: count)
        try expect("addition", left, sum, tolerance: 0)

        var (p, m, v) = (numbers(count), numbers(count), numbers(count, in: 0...1))
        var (p2, m2, v2) = (p, m, v)
        kernels.adam(&p, &m, &v, right, count, 1 / 32, 0.9, 0.999, 0.001, 1e-7)
        // Step 1 with both corrections in α: 0.001·√(1−0.999)/(1−0.9) = α when the rate is this.
        let rate: Float = 0.001 * (1 - 0.9) / (1 - Float(0.999)).squareRoot()
        ReferenceOptimizer.adam(
            parameters: &p2,
            firstMoment: &m2,
            secondMoment: &v2,
            gradientSum: right,
            sampleCount: 32,
            step: 1,
            learningRate: rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-7
        )
        try expect("Adam's parameters", p, p2)
        try expect("Adam's first moment", m, m2)
        try expect("Adam's second moment", v, v2)
    }
}
