internal import KernelReference
package import Kernels
internal import Model
internal import SeededRandom

/// Measures every kernel and a whole shard beside the CPU's peak, after a check against the naive
/// reference.
///
/// Times are the shortest of many repetitions: what the code can do when nothing else disturbs it.
/// The peak is measured in the same run, before and after, so that the percentages hold whatever
/// clock the CPU runs at.
package enum KernelBenchmark {
    /// Measures each of `kernelSets` and prints a table line by line.
    ///
    /// `short` repeats little: enough to check results and hashes, as under an emulator, but not
    /// for figures.
    ///
    /// - Throws: when a kernel disagrees with the reference, and when there are no kernels to
    ///   measure.
    package static func run(
        kernelSets: [KernelSet] = KernelSet.runnable,
        short: Bool,
        print: (String) -> Void
    ) throws(KernelBenchmarkError) {
        guard !kernelSets.isEmpty else { throw .kernels(.noneRunnable) }
        print("CPU: \(Processor.name)")
        #if !arch(arm64)
            if !KernelSet.runnable.contains(where: { $0.name == "avx512" }) {
                print("This CPU has no AVX-512; the other kernels are measured.")
            }
        #endif
        for kernels in kernelSets {
            let lines = try FloatingPointMode.withSubnormalsFlushed {
                () throws(KernelBenchmarkError) in
                var check = KernelCheck(kernels: kernels)
                try check.run()
                try checkShard(kernels)
                return KernelReport(kernels: kernels, short: short).lines()
            }
            print("")
            print("\(kernels.name): every kernel agrees with the naive reference")
            lines.forEach(print)
        }
    }

    /// Compares a shard's gradient with the reference in double precision.
    private static func checkShard(_ kernels: KernelSet) throws(KernelBenchmarkError) {
        let shard = BenchmarkShard(kernels: kernels)
        let found = shard.gradient()
        let reference = ReferenceLeNet<Double>(parameters: shard.parameters.floats.map(Double.init))
        let expected = reference.gradient(samples: shard.samples).gradient
        for tensor in LeNet.tensors {
            let greatest = tensor.range.map { abs(expected[$0]) }.max() ?? 0
            for index in tensor.range {
                let difference = abs(Double(found.floats[index]) - expected[index])
                guard difference <= 1e-5 * greatest else {
                    throw .mismatch(
                        kernel: "the shard's gradient of \(tensor.name)",
                        set: kernels.name,
                        found: found.floats[index],
                        expected: Float(expected[index])
                    )
                }
            }
        }
    }
}

/// A whole shard of random samples with parameters as training begins with.
struct BenchmarkShard {
    let parameters = ParameterBuffer.initial(seed: 1)
    let samples: [UInt8]
    private let computer: ShardComputer
    private let buffer = ParameterBuffer()

    init(kernels: KernelSet) {
        computer = ShardComputer(kernels: kernels, transform: InputTransform())
        var random = RandomStream(seed: 1, stream: 2)
        samples = (0..<16).flatMap { sample in
            [UInt8(sample % 10)]
                + (0..<LeNet.imageSize).map { _ in UInt8(random.uniform(below: 256)) }
        }
    }

    /// Computes the gradient, into the same buffer each time.
    @discardableResult
    func gradient() -> ParameterBuffer {
        _ = samples.withUnsafeBytes {
            computer.gradient(of: parameters.start, samples: $0, into: buffer.start)
        }
        return buffer
    }
}
