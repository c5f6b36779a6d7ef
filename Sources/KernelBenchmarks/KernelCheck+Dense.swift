internal import KernelReference
internal import Kernels
internal import Model
internal import SeededRandom

extension KernelCheck {
    /// Checks fully connected layer `index`, forward and backward.
    mutating func dense(
        _ index: Int,
        _ layer: Layer,
        _ kind: TrialNumbers
    ) throws(KernelBenchmarkError) {
        let (inputCount, outputCount) = (layer.inputCount, layer.outputCount)
        let name = "fully connected \(index + 1)"
        let input = ShardArray(elementCount: inputCount, sampleCount: sampleCount, random: &random)
        input.rectify()
        kind.spoil(input, sampleCount: sampleCount, random: &random)
        let weights = numbers(inputCount * outputCount)
        let bias = numbers(outputCount)
        let output = ShardArray(elementCount: outputCount)
        kernels.denseForward[index](input.start, weights, bias, output.start, outputCount)
        let gradient = ShardArray(
            elementCount: outputCount,
            sampleCount: sampleCount,
            random: &random
        )
        kind.spoil(gradient, sampleCount: sampleCount, random: &random)
        let inputGradient = ShardArray(elementCount: inputCount)
        let rows = ShardArray(elementCount: inputCount)
        let scratch = ShardArray(elementCount: 288)
        kernels.transpose(input.start, rows.start, inputCount, inputCount)
        var weightGradient = [Float](repeating: 0, count: weights.count)
        var biasGradient = [Float](repeating: 0, count: outputCount)
        kernels.denseWeightGradient[index](
            gradient.start,
            rows.start,
            &weightGradient,
            &biasGradient,
            outputCount
        )
        if index == 0 {
            let gradientRows = ShardArray(elementCount: outputCount + 1)
            kernels.transpose(gradient.start, gradientRows.start, outputCount, outputCount)
            let result = ShardArray(elementCount: inputCount)
            kernels.dense1InputGradient(
                gradientRows.start,
                weights,
                rows.start,
                scratch.start,
                result.start
            )
            kernels.lanesOfRows(result.start, inputGradient.start, inputCount)
        } else {
            kernels.denseInputGradient[index - 1](
                gradient.start,
                weights,
                input.start,
                inputGradient.start,
                outputCount
            )
        }
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
                zip(expected, x).map { $1 <= 0 ? 0 : $0 }
            )
            let products = ReferenceDense.weightGradient(gradient: g, input: x)
            weightSum = zip(weightSum, products).map { $0 + $1 }
            biasSum = zip(biasSum, g).map { $0 + $1 }
        }
        try expect("\(name) weight gradient", weightGradient, weightSum)
        try expect("\(name) bias gradient", biasGradient, biasSum)
        if index == 0 { try weightGradientSum(gradient, rows, weightGradient) }
    }

    /// Checks the widest layer's weight gradient as it is added to sums, against the same additions
    /// apart.
    private mutating func weightGradientSum(
        _ gradient: ShardArray,
        _ rows: ShardArray,
        _ weightGradient: [Float]
    ) throws(KernelBenchmarkError) {
        // Each of the sums begins some floats before the weights.
        let (offset, count) = (16, weightGradient.count)
        let sums = [numbers(offset + count), numbers(offset + count)]
        let memory = sums.map { sum in
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: sum.count)
            memory.initialize(from: sum, count: sum.count)
            return memory
        }
        defer { for memory in memory { memory.deallocate() } }
        var biasGradient = [Float](repeating: 0, count: 120)
        kernels.dense1WeightGradientSum(
            gradient.start,
            rows.start,
            memory,
            memory.count,
            offset,
            &biasGradient
        )
        let first = ReferenceOptimizer.treeSum([Array(sums[0][offset...]), weightGradient])
        let total = ReferenceOptimizer.treeSum([Array(sums[1][offset...]), first])
        let found = UnsafeBufferPointer(start: memory[1], count: offset + count)
        try expect(
            "the sum of weight gradients",
            Array(found),
            sums[1][..<offset] + total,
            tolerance: 0
        )
    }
}
