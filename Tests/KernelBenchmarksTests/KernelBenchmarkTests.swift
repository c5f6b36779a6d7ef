import KernelBenchmarks
import Kernels
import Testing

struct KernelBenchmarkTests {
    @Test func `prints a line for each kernel and the same hashes for each set`() throws {
        var lines: [String] = []
        // Two shards, a label before each image.
        let image = [UInt8](repeating: 0, count: 400) + (0..<384).map { UInt8($0 % 256) }
        let samples = (0..<32).flatMap { [UInt8($0 % 10)] + image }
        try KernelBenchmark.run(samples: samples, short: true) { lines.append($0) }
        let setCount = KernelSet.runnable.count
        #expect(lines.filter { $0.contains("agrees with the naive reference") }.count == setCount)
        for name in ["conv1 weight gradient", "conv2 input gradient", "Adam", "whole shard"] {
            let hashes = lines.filter { $0.hasPrefix(name) }.compactMap {
                $0.split(separator: " ").last
            }
            #expect(hashes.count == setCount, "\(name)")
            #expect(Set(hashes).count == 1, "\(name): \(hashes)")
        }
    }

    @Test func `has nothing to measure on a CPU that runs no kernels`() {
        #expect(throws: KernelBenchmarkError.kernels(.noneRunnable)) {
            try KernelBenchmark.run(kernelSets: [], samples: [], short: true) { _ in }
        }
    }
}
