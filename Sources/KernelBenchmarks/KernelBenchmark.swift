internal import KernelReference
package import Kernels
internal import Model

/// Measures every kernel and a whole shard beside the CPU's peak, after a check against the naive
/// reference.
///
/// Times are the shortest of many repetitions: what the code can do when nothing else disturbs it.
/// The peak is measured in the same run, before and after, so that the percentages hold whatever
/// clock the CPU runs at.
package enum KernelBenchmark {
    /// Measures each of `kernelSets` and prints a table line by line.
    ///
    /// `samples` are of a real data set, `LeNet.sampleSize` bytes each: a model is trained on them
    /// first, for how many zeros there are to leave out depends on both. `short` repeats little:
    /// enough to check results and hashes, as under an emulator, but not for figures.
    ///
    /// - Throws: when a kernel disagrees with the reference, and when there are no kernels to
    ///   measure.
    package static func run(
        kernelSets: [KernelSet] = KernelSet.runnable,
        samples: [UInt8],
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
                let shard = BenchmarkShard(
                    kernels: kernels,
                    samples: samples,
                    stepCount: short ? 10 : 1_688
                )
                try checkShard(kernels, shard)
                let report = KernelReport(kernels: kernels, short: short)
                return report.lines(shard)
                    + (short ? [] : secondEpochLines(report, kernels, samples))
            }
            print("")
            print("\(kernels.name): every kernel agrees with the naive reference")
            lines.forEach(print)
        }
    }

    /// What shards take in the middle of a second epoch at batches of 256, for comparison with what
    /// `bench training` says of that epoch: there are fewer zeros than later.
    private static func secondEpochLines(
        _ report: KernelReport,
        _ kernels: KernelSet,
        _ samples: [UInt8]
    ) -> [String] {
        let shard = BenchmarkShard(
            kernels: kernels,
            samples: samples,
            stepCount: 315,
            batchShardCount: 16
        )
        return ["as in the second epoch at batches of 256: " + report.differentShards(shard)]
    }

    /// Compares a shard's gradient with the reference in double precision.
    ///
    /// Of what a trained model is nearly sure of, softmax minus label has lost up to four of its seven
    /// digits; the kernels by themselves are checked more strictly.
    private static func checkShard(
        _ kernels: KernelSet,
        _ shard: BenchmarkShard
    ) throws(KernelBenchmarkError) {
        let found = shard.gradient()
        let reference = ReferenceLeNet<Double>(parameters: shard.parameters.floats.map(Double.init))
        let expected = reference.gradient(samples: shard.samples).gradient
        for tensor in LeNet.digits.tensors {
            let greatest = tensor.range.map { abs(expected[$0]) }.max() ?? 0
            for index in tensor.range {
                let difference = abs(Double(found.floats[index]) - expected[index])
                guard difference <= 1e-4 * greatest else {
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
