import Glibc
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
    private let clock: PhaseClock
    private let simulatedDuration: Duration?
    /// The work whose first shard the computer holds already.
    private var prepared: Work?

    /// Makes a computer; nil if this build does not know how `input` brings images in.
    ///
    /// - Parameter simulatedDuration: how long to sleep a shard, for a gradient of zeros; nil to
    ///   compute.
    init?(
        kernels: KernelSet,
        input: InputSettings,
        clock: PhaseClock = PhaseClock(),
        simulatedDuration: Duration? = nil
    ) {
        self.simulatedDuration = simulatedDuration
        guard let geometry = InputTransform.Geometry(rawValue: input.geometry),
            let scale = InputTransform.Scale(rawValue: input.scale)
        else { return nil }
        self.kernels = kernels
        self.clock = clock
        let transform = InputTransform(geometry: geometry, scale: scale)
        computer = ShardComputer(kernels: kernels, transform: transform)
    }

    /// Brings the first shard of `samples` into the computer while there are no parameters yet.
    ///
    /// - Parameter work: whose samples they are; `total` of the same work need not load them again.
    func prepare(_ work: Work, _ samples: UnsafeRawBufferPointer) {
        guard prepared != work else { return }
        computer.load(Self.shard(at: 0, of: samples))
        prepared = work
    }

    /// The sums over `samples` of `work`, with a gradient if they are trained on.
    ///
    /// - Parameter buffer: takes the gradient; nil for one of the computer's own.
    /// - Precondition: there is at least one sample of 785 bytes, and no part of one.
    func total(
        of work: Work,
        _ samples: UnsafeRawBufferPointer,
        parameters: ParameterBuffer,
        into buffer: ParameterBuffer? = nil
    ) -> Reduction.Sum {
        let shardCount = (samples.count + Self.shardSize - 1) / Self.shardSize
        let reduction = Reduction(shardCount: shardCount, kernels: kernels)
        for index in 0..<shardCount {
            if index > 0 || prepared != work {
                computer.load(Self.shard(at: index, of: samples))
            }
            prepared = nil
            clock.lap(.convert)
            // The sums of a subtree gather in the buffer of its first shard.
            let isTraining = work.round.isTraining
            let gradient = isTraining ? (index == 0 ? buffer : nil) ?? gradients.take() : nil
            reduction.add(
                sum(parameters, into: gradient),
                at: Subtree(level: 0, index: index)
            )
            clock.lap(.reduce)
        }
        guard let total = reduction.total else {
            preconditionFailure("\(samples.count) bytes hold no sample")
        }
        return total
    }

    private static let shardSize = LeNet.shardSampleCountMax * LeNet.sampleSize

    private static func shard(
        at index: Int,
        of samples: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let first = index * shardSize
        return UnsafeRawBufferPointer(
            rebasing: samples[first..<min(first + shardSize, samples.count)]
        )
    }

    /// The sums over the shard that was loaded.
    private func sum(
        _ parameters: ParameterBuffer,
        into gradient: ParameterBuffer?
    ) -> Reduction.Sum {
        if let simulatedDuration { return sleep(simulatedDuration, gradient) }
        let floats = UnsafePointer(parameters.start)
        let result = computer.forward(floats)
        clock.lap(.forward)
        if let gradient {
            computer.fullyConnectedBackward(floats, into: gradient.start)
            clock.lap(.backwardFullyConnected)
            computer.convolutionsBackward(floats, into: gradient.start)
            clock.lap(.backwardConvolutions)
        }
        let sums = AnswerSums(lossSum: result.lossSum, correctCount: result.correctCount)
        return Reduction.Sum(gradient: gradient, sums: sums)
    }

    private func sleep(_ duration: Duration, _ gradient: ParameterBuffer?) -> Reduction.Sum {
        usleep(UInt32(duration.seconds * 1_000_000))
        clock.lap(.forward)
        gradient?.floats.update(repeating: 0)
        return Reduction.Sum(gradient: gradient, sums: AnswerSums())
    }
}
