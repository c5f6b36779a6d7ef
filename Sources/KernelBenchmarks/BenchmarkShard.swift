internal import Kernels
internal import Model

/// A whole shard of real samples, and a model that was trained for some steps.
struct BenchmarkShard {
    let parameters = ParameterBuffer.initial(seed: 1)
    /// The shard's, the last of all samples.
    let samples: [UInt8]
    private let computer: ShardComputer
    private let buffer = ParameterBuffer()

    /// Trains on batches of two shards, beginning anew where the samples end.
    ///
    /// - Precondition: there are at least two shards of samples.
    init(kernels: KernelSet, samples all: [UInt8], stepCount: Int) {
        computer = ShardComputer(kernels: kernels, transform: InputTransform())
        let shardSize = LeNet.shardSampleCountMax * LeNet.sampleSize
        let batchCount = all.count / (2 * shardSize)
        precondition(batchCount > 0, "\(all.count) bytes of samples are less than two shards")
        samples = Array(all[(batchCount * 2 - 1) * shardSize..<batchCount * 2 * shardSize])
        let (buffers, right) = (OptimizerBuffers(parameters: parameters), ParameterBuffer())
        for step in 0..<stepCount {
            let start = step % batchCount * 2 * shardSize
            all.withUnsafeBytes { bytes in
                for (index, gradient) in [buffer, right].enumerated() {
                    let first = start + index * shardSize
                    _ = computer.gradient(
                        of: parameters.start,
                        samples: UnsafeRawBufferPointer(rebasing: bytes[first..<first + shardSize]),
                        into: gradient.start
                    )
                }
            }
            kernels.add(into: buffer.start, right.start, count: LeNet.parameterCount)
            Adam()
                .step(
                    step + 1,
                    from: buffers,
                    to: buffers,
                    gradientSum: buffer,
                    sampleCount: 2 * LeNet.shardSampleCountMax
                )
                .make(0..<LeNet.parameterCount, kernels: kernels)
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
