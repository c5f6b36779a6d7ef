package import Arithmetic
package import Checkpoints
package import Figures
import Hosting
import Kernels
package import Model
package import NetworkTransport
package import TrainingDriver
package import TrainingProtocol
package import Transport
package import Wire

/// The numbers of a run of LeNet-5 at its coordinator.
///
/// The sums wait in `ReductionTree`, the parameters in `Optimizer`, the samples in `SampleFeed`.
/// Belongs to the coordinator's thread.
package final class LeNetNumbers: StoredNumbers {
    package typealias Payloads = NetworkPayloads

    private let feed: SampleFeed
    private let optimizer: Optimizer
    private let schedule: Schedule
    private let comparison: AnswerComparison
    private let kernels: KernelSet
    private let clock: any DriverClock
    private let sliceCountMax: Int
    private var network: LeNet { comparison.network }
    private var sums: [Round: StepReduction] = [:]
    /// Those of rounds that are over, for the rounds to come.
    private var spareSums: [StepReduction] = []
    /// Where sums of workers' gradients go.
    private let gradients: BufferPool
    private let lastGradient: LastGradient
    /// Who looks at the numbers of each epoch.
    weak var observer: (any RunObserver)?

    /// Starts from a run's parameters.
    ///
    /// - Parameter sliceCountMax: how many slices of time a worker is to keep for a trace.
    init(_ run: Run, clock: any DriverClock, sliceCountMax: Int) {
        feed = run.feed
        let network = run.network
        gradients = BufferPool(count: network.parameterCount)
        lastGradient = LastGradient(count: network.parameterCount)
        optimizer = run.optimizer
        schedule = run.start.settings.schedule
        self.clock = clock
        self.sliceCountMax = sliceCountMax
        kernels = run.kernels
        comparison = AnswerComparison(
            kernels: kernels,
            input: run.start.settings.input,
            network: network
        )
    }

    package var state: OptimizerBuffers { optimizer.current }

    package var slotNames: [String] { optimizer.rule.slotNames }

    /// The moving average of the parameters after the last step; nil where none is kept.
    package var average: ParameterBuffer? { optimizer.average }

    package func restart(from checkpoint: Checkpoint) throws(RunIdentity.Unreadable) {
        guard let buffers = OptimizerBuffers(of: checkpoint, slotNames: slotNames) else {
            throw RunIdentity.Unreadable()
        }
        optimizer.restart(with: buffers)
        sums = [:]
        comparison.forgetAll()
        lastGradient.forget()
    }

    package var classCount: Int { network.classCount }

    package var offer: WelcomeOffer {
        WelcomeOffer(sliceCountMax: sliceCountMax, classCount: network.classCount)
    }

    package var samples: any SampleSource { feed }

    package var parameters: ParameterBuffer { optimizer.parameters }

    package var areParametersFinite: Bool {
        kernels.areFinite(optimizer.parameters.start, count: network.parameterCount)
    }

    package func shareParameters(in memory: any ParameterMemory, version: Int) {
        optimizer.share(in: memory, version: version)
    }

    package func isEarlySegmentFinite(_ gradient: ParameterBuffer) -> Bool {
        let range = network.segments[1].range
        return kernels.areFinite(gradient.start + range.lowerBound, count: range.count)
    }

    package func isBelievable(_ work: Work, _ sums: LossSums, _ gradient: ParameterBuffer?) -> Bool
    {
        // A segment that was taken early counts no more.
        let isPartial = self.sums[work.round]?.isFullyConnectedTaken == true
        return comparison.isBelievable(
            work,
            sums,
            gradient.map { UnsafeRawBufferPointer($0.bytes) },
            of: isPartial ? network.segments[0].range : 0..<network.parameterCount,
            parameters: optimizer.parameters,
            feed: feed
        )
    }

    package func accept(_ work: Work, _ sums: LossSums, _ gradient: ParameterBuffer?, isKept: Bool)
    {
        let sum = ReductionTree.Sum(gradient: gradient, sums: sums)
        if isKept { comparison.keep(sum, of: work, parameters: optimizer.parameters) }
        roundSums(of: work.round).add(sum, at: work.subtree)
    }

    package func acceptEarlySegment(of work: Work, _ gradient: ParameterBuffer) {
        roundSums(of: work.round).addEarlySegment(gradient, at: work.subtree)
    }

    private func roundSums(of round: Round) -> StepReduction {
        if let sums = sums[round] { return sums }
        let shardCount = schedule.shardCount(of: round)
        let fresh =
            spareSums.popLast()
            ?? StepReduction(
                shardCount: shardCount,
                kernels: kernels,
                buffers: gradients,
                network: network
            )
        fresh.begin(shardCount: shardCount)
        sums[round] = fresh
        return fresh
    }

    package func discard(_ round: Round) {
        guard let over = sums.removeValue(forKey: round) else { return }
        over.removeAll()
        spareSums.append(over)
    }

    package func abandonStep() { optimizer.abandonStep() }

    package func applyEarlySegment(index: Int) {
        clock.lap(.receive)
        let gradient = roundSums(of: .step(index: index)).takeFullyConnected()
        clock.lap(.reduce)
        apply(gradient, network.segments[1], index)
        clock.lap(.optimize)
    }

    private func apply(_ gradient: ParameterBuffer, _ segment: LeNet.Segment, _ index: Int) {
        let sampleCount = schedule.samples(of: .step(index: index)).count
        optimizer.apply(
            gradient,
            range: segment.range,
            sampleCount: sampleCount,
            step: index + 1
        )
        guard (index + 1).isMultiple(of: schedule.stepsPerEpoch) else { return }
        lastGradient.keep(gradient, range: segment.range, sampleCount: sampleCount)
    }

    package func applyStep(index: Int) -> LossSums {
        let round = Round.step(index: index)
        guard let sums = self.sums[round], let total = sums.total, let gradient = total.gradient
        else { preconditionFailure("step \(index) is applied before its sum is complete") }
        if !sums.isFullyConnectedTaken {
            optimizer.beginWholeStep()
            applyEarlySegment(index: index)
        }
        apply(gradient, network.segments[0], index)
        optimizer.finish(step: index + 1)
        discard(round)
        return total.sums
    }

    package func takeSums(of round: Round) -> LossSums? {
        guard let total = sums[round]?.total else { return nil }
        discard(round)
        return total.sums
    }

    package func averageMetrics(of round: Round) -> Metrics? {
        let shardCount = schedule.shardCount(of: round)
        guard shardCount > 0, let average else { return nil }
        let work = Work(round: round, subtree: .root(of: shardCount), version: 0)
        let sums = comparison.compute(work, average, feed).sums
        return Metrics(of: sums, sampleCount: schedule.samples(of: round).count)
    }

    package func wrongWorkers(
        _ work: Work,
        first: WorkerID,
        second: WorkerArrival<NetworkPayloads>?
    ) -> [WorkerID] {
        comparison.wrongWorkers(work, first: first, second: second, feed: feed)
    }

    package func forget(_ work: Work) { comparison.forget(work) }

    package func epochDidEnd() {
        let gradient = lastGradient.take()
        observer?.epochDidLeave(EpochEnd(parameters: optimizer.parameters, gradient: gradient))
    }
}

extension OptimizerBuffers: StoredState {
    package func withBuffers(
        _ body: (UnsafeRawBufferPointer, [UnsafeRawBufferPointer]) -> Void
    ) {
        body(
            UnsafeRawBufferPointer(parameters.bytes),
            slots.map { UnsafeRawBufferPointer($0.bytes) }
        )
    }
}
