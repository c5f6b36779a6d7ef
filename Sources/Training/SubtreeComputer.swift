import Kernels
import Model
import TrainingProtocol
import Wire

/// Computes the sums of a piece of work, shard after shard, in the order of the tree.
///
/// Belongs to one thread, which flushes subnormal numbers.
final class SubtreeComputer {
    private let kernels: KernelSet
    private let computer: ShardComputer
    private let gradients = BufferPool()

    /// Makes a computer; nil if this build does not know how `input` brings images in.
    init?(kernels: KernelSet, input: InputSettings) {
        guard let geometry = InputTransform.Geometry(rawValue: input.geometry),
            let scale = InputTransform.Scale(rawValue: input.scale)
        else { return nil }
        self.kernels = kernels
        let transform = InputTransform(geometry: geometry, scale: scale)
        computer = ShardComputer(kernels: kernels, transform: transform)
    }

    /// The sums over `samples`, with a gradient if they are trained on.
    ///
    /// - Precondition: there is at least one sample of 785 bytes, and no part of one.
    func total(
        of samples: UnsafeRawBufferPointer,
        parameters: ParameterBuffer,
        isTraining: Bool
    ) -> Reduction.Sum {
        let shardSize = LeNet.shardSampleCountMax * LeNet.sampleSize
        let shardCount = (samples.count + shardSize - 1) / shardSize
        let reduction = Reduction(shardCount: shardCount, kernels: kernels)
        for index in 0..<shardCount {
            let first = index * shardSize
            let shard = UnsafeRawBufferPointer(
                rebasing: samples[first..<min(first + shardSize, samples.count)]
            )
            let sum = sum(of: shard, parameters, isTraining: isTraining)
            reduction.add(sum, at: Subtree(level: 0, index: index))
        }
        guard let total = reduction.total else {
            preconditionFailure("\(samples.count) bytes hold no sample")
        }
        return total
    }

    private func sum(
        of shard: UnsafeRawBufferPointer,
        _ parameters: ParameterBuffer,
        isTraining: Bool
    ) -> Reduction.Sum {
        let floats = UnsafePointer(parameters.floats.baseAddress!)
        let gradient = isTraining ? gradients.take() : nil
        let result: ShardResult
        if let gradient {
            result = computer.gradient(
                of: floats,
                samples: shard,
                into: gradient.floats.baseAddress!
            )
        } else {
            result = computer.evaluate(parameters: floats, samples: shard)
        }
        let sums = AnswerSums(lossSum: result.lossSum, correctCount: result.correctCount)
        return Reduction.Sum(gradient: gradient, sums: sums)
    }
}
