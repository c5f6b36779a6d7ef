internal import Kernels
internal import Model

/// A whole shard of real samples, and a model that was trained for some steps.
struct BenchmarkShard {
    let parameters = ParameterBuffer.initial(seed: 1)
    /// The shard's, the last of all samples.
    let samples: [UInt8]
    private let all: [UInt8]
    private let computer: ShardComputer
    private let buffer = ParameterBuffer()

    /// Trains on batches of `batchShardCount` shards, beginning anew where the samples end.
    ///
    /// - Precondition: there are samples for one batch at least.
    init(kernels: KernelSet, samples all: [UInt8], stepCount: Int, batchShardCount: Int = 2) {
        self.all = all
        computer = ShardComputer(kernels: kernels, transform: InputTransform())
        let shardSize = LeNet.shardSampleCountMax * LeNet.sampleSize
        let batchSize = batchShardCount * shardSize
        let batchCount = all.count / batchSize
        precondition(batchCount > 0, "\(all.count) bytes of samples are less than a batch")
        samples = Array(all[..<(batchCount * batchSize)].suffix(shardSize))
        let (rule, sum) = (OptimizerRule(), ParameterBuffer())
        let buffers = rule.initialBuffers(of: parameters)
        for step in 0..<stepCount {
            sum.floats.update(repeating: 0)
            all.withUnsafeBytes { bytes in
                for index in 0..<batchShardCount {
                    let first = step % batchCount * batchSize + index * shardSize
                    _ = computer.gradient(
                        of: parameters.start,
                        samples: UnsafeRawBufferPointer(rebasing: bytes[first..<first + shardSize]),
                        into: buffer.start
                    )
                    kernels.add(
                        into: sum.start,
                        buffer.start,
                        count: LeNet.digits.parameterCount
                    )
                }
            }
            rule.step(
                step + 1,
                from: buffers,
                to: buffers,
                gradientSum: sum,
                sampleCount: batchShardCount * LeNet.shardSampleCountMax
            )
            .make(0..<LeNet.digits.parameterCount, kernels: kernels)
        }
    }

    /// How many shards there are.
    var shardCount: Int { all.count / (LeNet.shardSampleCountMax * LeNet.sampleSize) }

    /// Measures shards one after the other, several times over, and takes the shortest time of each.
    func times(of shards: [Int], passCount: Int) -> ShardTimes {
        let size = LeNet.shardSampleCountMax * LeNet.sampleSize
        let none = ShardTimes(
            forward: .infinity,
            fullyConnectedBackward: .infinity,
            convolutionsBackward: .infinity
        )
        var best = [ShardTimes](repeating: none, count: shards.count)
        all.withUnsafeBytes { bytes in
            for _ in 0..<passCount {
                for (place, index) in shards.enumerated() {
                    let samples = bytes[index * size..<(index + 1) * size]
                    best[place] = best[place].least(
                        times(UnsafeRawBufferPointer(rebasing: samples))
                    )
                }
            }
        }
        return .mean(best)
    }

    private func times(_ samples: UnsafeRawBufferPointer) -> ShardTimes {
        let start = ContinuousClock.now
        _ = computer.evaluate(parameters: parameters.start, samples: samples)
        let forward = ContinuousClock.now
        computer.fullyConnectedBackward(parameters.start, into: buffer.start)
        let backward = ContinuousClock.now
        computer.convolutionsBackward(parameters.start, into: buffer.start)
        let end = ContinuousClock.now
        return ShardTimes(
            forward: (forward - start) / .seconds(1),
            fullyConnectedBackward: (backward - forward) / .seconds(1),
            convolutionsBackward: (end - backward) / .seconds(1)
        )
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
