internal import KernelReference
package import Kernels
internal import Model
internal import SeededRandom

/// Compares every layer's kernel with the naive reference on random numbers, in the shapes of the
/// layer table: a kernel that is compiled for others fails.
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
        for numbers in TrialNumbers.allCases {
            for (index, layer) in LeNet.convolutions.enumerated() {
                let reference = ReferenceConvolution(
                    inputChannelCount: layer.inputShape[2],
                    outputChannelCount: layer.outputShape[2],
                    inputSide: layer.inputShape[0]
                )
                try convolution("convolution \(index + 1)", reference, numbers)
            }
        }
        for (index, layer) in LeNet.digits.dense.enumerated() {
            for numbers in [TrialNumbers.fine, .broken] {
                try dense(index, layer, numbers)
            }
        }
        for numbers in [TrialNumbers.fine, .broken] {
            for classCount in Self.classCounts {
                try dense(2, LeNet(classCount: classCount).dense[2], numbers)
                try softmax(numbers, classCount: classCount)
            }
        }
        try elementwise()
    }

    /// The digits' number, the least and the most, and some that fill no tile.
    private static let classCounts = [10, 2, 3, 4, 5, 13, 26, 47, 255]

    mutating func numbers(
        _ count: Int,
        in range: ClosedRange<Float> = -1...1
    ) -> [Float] {
        (0..<count).map { _ in
            range.lowerBound + random.uniformFloat() * (range.upperBound - range.lowerBound)
        }
    }

    /// Compares to `tolerance` times the greatest expected magnitude; what is not finite must be
    /// the same.
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
