internal import KernelReference
package import Kernels
internal import SeededRandom

/// Compares every layer's kernel with the naive reference on random numbers.
package struct KernelCheck {
    let kernels: KernelSet
    let sampleCount: Int
    var random: RandomStream

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
        let first = ReferenceConvolution(
            inputChannelCount: 1,
            outputChannelCount: 6,
            inputSide: 32
        )
        let second = ReferenceConvolution(
            inputChannelCount: 6,
            outputChannelCount: 16,
            inputSide: 14
        )
        for numbers in TrialNumbers.allCases {
            try convolution("convolution 1", first, numbers)
            try convolution("convolution 2", second, numbers)
        }
        for (index, shape) in [(400, 120), (120, 84), (84, 10)].enumerated() {
            for numbers in [TrialNumbers.fine, .broken] {
                try dense(index, numbers, inputCount: shape.0, outputCount: shape.1)
            }
        }
        for numbers in [TrialNumbers.fine, .broken] { try softmax(numbers) }
        try elementwise()
    }

    mutating func numbers(
        _ count: Int,
        in range: ClosedRange<Float> = -1...1
    ) -> [Float] {
        (0..<count).map { _ in
            range.lowerBound + random.uniformFloat() * (range.upperBound - range.lowerBound)
        }
    }

    /// Compares to `tolerance` times the greatest expected magnitude; what is not finite must be the
    /// same.
    func expect(
        _ kernel: String,
        _ found: [Float],
        _ expected: [Float],
        tolerance: Float = 4e-6
    ) throws(KernelBenchmarkError) {
        let greatest = expected.reduce(1e-6) { $1.isFinite ? max($0, abs($1)) : $0 }
        for (a, b) in zip(found, expected) where !(a == b || a.isNaN && b.isNaN) {
            if b.isFinite, abs(a - b) <= tolerance * greatest { continue }
            throw .mismatch(kernel: kernel, set: kernels.name, found: a, expected: b)
        }
    }
}
