import Arithmetic
import Figures
import Glibc
import Kernels
import Model
import TrainingDriver
import TrainingProtocol

/// Computes the sums of a piece of work, shard after shard, in the order of the tree.
///
/// Belongs to one thread, which flushes subnormal numbers.
final class SubtreeComputer {
    private let computer: ShardComputer
    private let gradients: BufferPool
    private let clock: PhaseClock
    private let simulatedDuration: Duration?
    private let labelSmoothing: Float
    private let augmenter: ImageAugmenter?
    /// The sums of both segments.
    private let reductions: [ReductionTree]
    /// What a shard's gradient is added to: kept for its memory.
    private var sums: (buffers: [ParameterBuffer], starts: [UnsafeMutablePointer<Float>]) = ([], [])
    /// The work whose first shard the computer holds already, and whose convolutions it has
    /// computed for that.
    private var prepared: Work?
    private var begun: Work?

    /// Makes a computer; nil if this build does not know how `input` brings images in.
    ///
    /// - Parameter simulatedDuration: how long to sleep a shard, for a gradient of zeros; nil to
    ///   compute.
    init?(
        kernels: KernelSet,
        input: InputSettings,
        network: LeNet = .digits,
        clock: PhaseClock = PhaseClock(),
        simulatedDuration: Duration? = nil
    ) {
        guard let transform = InputTransform(geometry: input.geometry, scale: input.scale),
            let smoothing = Self.labelSmoothing(input.labelSmoothing)
        else { return nil }
        if input.augmentation.isEmpty {
            augmenter = nil
        } else {
            guard let augmentation = Augmentation(words: input.augmentation) else { return nil }
            augmenter = ImageAugmenter(
                kernels: kernels,
                augmentation: augmentation,
                seed: input.seed
            )
        }
        labelSmoothing = smoothing
        self.simulatedDuration = simulatedDuration
        self.clock = clock
        let gradients = BufferPool(count: network.parameterCount)
        self.gradients = gradients
        reductions = network.segments.map {
            ReductionTree(
                shardCount: 1,
                kernels: kernels,
                range: $0.range,
                buffers: gradients
            )
        }
        computer = ShardComputer(kernels: kernels, transform: transform, network: network)
    }

    /// Brings the first shard of `samples` into the computer while there are no parameters yet.
    ///
    /// - Parameter work: whose samples they are; `total` of the same work need not load them again.
    func prepare(_ work: Work, _ samples: UnsafeRawBufferPointer) {
        guard prepared != work else { return }
        load(work, 0, samples)
        prepared = work
        begun = nil
    }

    /// Computes the convolutions of the first shard, if that is prepared, while the fully connected
    /// layers' parameters are not there.
    ///
    /// - Parameter parameters: of the version of `work`, which `total` is given whole.
    func begin(_ work: Work, convolutions parameters: ParameterBuffer) {
        guard prepared == work, begun != work, simulatedDuration == nil else { return }
        computer.convolutionsForward(parameters.start)
        begun = work
    }

    /// The sums over `samples` of `work`, with a gradient if they are trained on.
    ///
    /// - Parameters:
    ///   - buffer: takes the gradient; nil for one of the computer's own.
    ///   - whenFullyConnected: is told when this segment of the gradient is complete, the
    ///     convolutions' not yet.
    /// - Precondition: there is at least one sample, and no part of one.
    func total(
        of work: Work,
        _ samples: UnsafeRawBufferPointer,
        parameters: ParameterBuffer,
        into buffer: ParameterBuffer? = nil,
        whenFullyConnected: (ParameterBuffer) -> Void = { _ in }
    ) -> ReductionTree.Sum {
        let shardCount = (samples.count + Self.shardSize - 1) / Self.shardSize
        for reduction in reductions { reduction.begin(shardCount: shardCount) }
        defer { for reduction in reductions { reduction.removeAll() } }
        for index in 0..<shardCount {
            if index > 0 || prepared != work {
                load(work, index, samples)
            }
            let isBegun = prepared == work && begun == work
            (prepared, begun) = (nil, nil)
            computer.expect(Self.shard(at: index + 1, of: samples))
            clock.lap(.convert)
            // The sums of a subtree gather in the buffer of its first shard.
            let isTraining = work.round.isTraining
            let gradient = isTraining ? (index == 0 ? buffer : nil) ?? gradients.take() : nil
            if simulatedDuration != nil { gradient?.floats.update(repeating: 0) }
            let place = Subtree(level: 0, index: index)
            let sampleCount = Self.shard(at: index, of: samples).count / LeNet.sampleSize
            let sums = forward(
                parameters,
                sampleCount: sampleCount,
                isBegun: isBegun,
                isTraining: isTraining
            )
            fullyConnectedBackward(parameters, into: gradient, at: place)
            if index == shardCount - 1, let gradient = reductions[1].total?.gradient {
                whenFullyConnected(gradient)
            }
            if let gradient, simulatedDuration == nil {
                computer.convolutionsBackward(parameters.start, into: gradient.start)
                clock.lap(.backwardConvolutions)
            }
            reductions[0].add(ReductionTree.Sum(gradient: gradient, sums: sums), at: place)
            clock.lap(.reduce)
        }
        guard let total = reductions[0].total else {
            preconditionFailure("\(samples.count) bytes hold no sample")
        }
        return total
    }

    /// The number that the word is; nil where it is none, or out of bounds.
    private static func labelSmoothing(_ word: String) -> Float? {
        guard let number = word.isEmpty ? 0 : Float(word), number >= 0, number < 1 else {
            return nil
        }
        return number
    }

    /// Brings a shard in, its images drawn anew if they are trained on and the run asks for that.
    private func load(_ work: Work, _ index: Int, _ samples: UnsafeRawBufferPointer) {
        let shard = Self.shard(at: index, of: samples)
        guard let augmenter, case .step(let step) = work.round else { return computer.load(shard) }
        let place = (work.subtree.index << work.subtree.level + index) * LeNet.shardSampleCountMax
        computer.load(augmenter.augmented(shard, step: step, place: place))
    }

    /// Adds a shard's segment of the fully connected layers to the tree: to what waits for it at
    /// once, as it is computed, instead of writing it to read it again.
    private func fullyConnectedBackward(
        _ parameters: ParameterBuffer,
        into gradient: ParameterBuffer?,
        at shard: Subtree
    ) {
        let tree = reductions[1]
        guard let gradient, simulatedDuration == nil else {
            return tree.add(ReductionTree.Sum(gradient: gradient), at: shard)
        }
        var place = shard
        while let waiting = tree.takeLeftSibling(of: &place) {
            sums.buffers.append(waiting)
            sums.starts.append(waiting.start)
        }
        sums.starts.withUnsafeBufferPointer { starts in
            computer.fullyConnectedBackward(
                parameters.start,
                into: gradient.start,
                addingTo: starts
            )
        }
        clock.lap(.backwardFullyConnected)
        tree.add(ReductionTree.Sum(gradient: sums.buffers.last ?? gradient), at: place)
        sums.buffers.removeAll(keepingCapacity: true)
        sums.starts.removeAll(keepingCapacity: true)
        clock.lap(.reduce)
    }

    private static let shardSize = LeNet.shardSampleCountMax * LeNet.sampleSize

    /// The bytes of a shard; none behind the last.
    private static func shard(
        at index: Int,
        of samples: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let first = min(index * shardSize, samples.count)
        return UnsafeRawBufferPointer(
            rebasing: samples[first..<min(first + shardSize, samples.count)]
        )
    }

    /// Loss and correctness of the shard that was loaded; what backward needs stays in the
    /// computer.
    private func forward(
        _ parameters: ParameterBuffer,
        sampleCount: Int,
        isBegun: Bool,
        isTraining: Bool
    ) -> LossSums {
        if let simulatedDuration {
            usleep(UInt32(simulatedDuration.seconds * 1_000_000))
            clock.lap(.forward)
            // The coordinator believes only what samples can have.
            return LossSums(lossSum: 0, correctCount: sampleCount)
        }
        if !isBegun { computer.convolutionsForward(parameters.start) }
        let sums = computer.fullyConnectedForward(
            parameters.start,
            labelSmoothing: isTraining ? labelSmoothing : 0
        )
        clock.lap(.forward)
        return sums
    }
}
