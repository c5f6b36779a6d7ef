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
        for isCoarse in [false, true] {
            try convolution("convolution 1", first, isCoarse: isCoarse)
            try convolution("convolution 2", second, isCoarse: isCoarse)
        }
        for (index, shape) in [(400, 120), (120, 84), (84, 10)].enumerated() {
            try dense(index, inputCount: shape.0, outputCount: shape.1)
        }
        try softmax()
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

    /// Compares to `tolerance` times the greatest expected magnitude.
    func expect(
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
}
