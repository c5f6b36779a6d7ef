internal import KernelReference
internal import Kernels
internal import Model
internal import SeededRandom

extension KernelCheck {
    /// Checks softmax, loss, its gradient and the predictions.
    mutating func softmax(_ kind: TrialNumbers, classCount: Int) throws(KernelBenchmarkError) {
        let logits = ShardArray(
            elementCount: classCount,
            sampleCount: sampleCount,
            in: -8...8,
            random: &random
        )
        kind.spoil(logits, sampleCount: sampleCount, random: &random)
        let labels = (0..<16).map {
            $0 < sampleCount ? Int32(random.uniform(below: UInt64(classCount))) : -1
        }
        let gradient = ShardArray(elementCount: classCount)
        var losses = [Float](repeating: 0, count: 16)
        var isCorrect = [Int32](repeating: 0, count: 16)
        kernels.softmaxCrossEntropy(
            logits.start,
            labels,
            gradient.start,
            &losses,
            &isCorrect,
            classCount
        )
        let probabilities = ShardArray(elementCount: classCount)
        kernels.softmax(logits.start, probabilities.start, classCount)
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
            let prediction = expected.loss.isNaN ? nil : z.firstIndex(of: z.max() ?? 0)
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
                [Float](repeating: 0, count: classCount),
                tolerance: 0
            )
        }
    }

    /// Checks the tree's addition and Adam.
    mutating func elementwise() throws(KernelBenchmarkError) {
        // A count that no vector divides.
        let count = 1_000 + sampleCount
        var left = numbers(count)
        let right = numbers(count)
        let sum = ReferenceOptimizer.treeSum([left, right])
        var apart = left
        kernels.add(left, right, into: &apart, count: count)
        kernels.add(into: &left, right, count: count)
        try expect("addition", left, sum, tolerance: 0)
        try expect("addition into another buffer", apart, sum, tolerance: 0)

        let (p, m, v) = (numbers(count), numbers(count), numbers(count, in: 0...1))
        var (p2, m2, v2) = (p, m, v)
        var (p3, m3, v3) = (numbers(count), numbers(count), numbers(count))
        kernels.adam(p, m, v, &p3, &m3, &v3, right, count, 1 / 32, 0.9, 0.999, 0.001, 1e-7)
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
        try expect("Adam's parameters", p3, p2)
        try expect("Adam's first moment", m3, m2)
        try expect("Adam's second moment", v3, v2)

        // Some of these places are multiples of a vector's size, where stores pass the cache by.
        for place in 0..<16 {
            let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: count + 16)
            defer { room.deallocate() }
            room.initialize(repeating: 0)
            let p4 = room.baseAddress! + place
            kernels.adam(p, m, v, p4, &m3, &v3, right, count, 1 / 32, 0.9, 0.999, 0.001, 1e-7)
            let before = [Float](repeating: 0, count: place)
            let after = [Float](repeating: 0, count: 16 - place)
            let expected = before + p3 + after
            try expect("Adam's parameters elsewhere", Array(room), expected, tolerance: 0)
        }
    }
}
