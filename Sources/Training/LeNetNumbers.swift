import Arithmetic
import Figures
import Hosting
import Kernels
import Model
import NetworkTransport
import TrainingDriver
import TrainingProtocol
import Transport
import Wire

/// The numbers of a run of LeNet-5 at its coordinator.
///
/// The sums wait in `ReductionTree`, the parameters in `Optimizer`, the samples in `SampleFeed`.
/// Belongs to the coordinator's thread.
final class LeNetNumbers: CoordinatorNumbers {
    typealias Payloads = NetworkPayloads

    private let feed: SampleFeed
    private(set) var optimizer: Optimizer
    private let schedule: Schedule
    private let comparison: AnswerComparison
    private let arithmetic: ParallelArithmetic
    private let clock: any DriverClock
    private let sliceCountMax: Int
    private var sums: [Round: StepReduction] = [:]
    /// Those of rounds that are over, for the rounds to come.
    private var spareSums: [StepReduction] = []
    /// Where sums of workers' gradients go.
    private let gradients = BufferPool()

    /// Starts from a run's parameters.
    ///
    /// - Parameter sliceCountMax: how many slices of time a worker is to keep for a trace.
    init(_ run: Run, clock: any DriverClock, sliceCountMax: Int) {
        feed = run.feed
        optimizer = run.optimizer
        schedule = run.start.settings.schedule
        self.clock = clock
        self.sliceCountMax = sliceCountMax
        arithmetic = ParallelArithmetic(kernels: run.kernels) { try startThread(named: $0, $1) }
        comparison = AnswerComparison(arithmetic: arithmetic, input: run.start.settings.input)
        optimizer.arithmetic = arithmetic
    }

    /// Goes on with other parameters and moments; nothing is left of what was summed up.
    func restart(with optimizer: Optimizer) {
        self.optimizer = optimizer
        optimizer.arithmetic = arithmetic
        sums = [:]
        comparison.forgetAll()
    }

    var classCount: Int { LeNet.classCount }

    var offer: WelcomeOffer { WelcomeOffer(sliceCountMax: sliceCountMax) }

    var samples: any SampleSource { feed }

    var parameters: ParameterBuffer { optimizer.parameters }

    var areParametersFinite: Bool {
        arithmetic.kernels.areFinite(optimizer.parameters.start, count: LeNet.parameterCount)
    }

    func shareParameters(in memory: any ParameterMemory, version: Int) {
        optimizer.share(in: memory, version: version)
    }

    func isEarlySegmentFinite(_ gradient: ParameterBuffer) -> Bool {
        let range = LeNet.segments[1].range
        return arithmetic.kernels.areFinite(gradient.start + range.lowerBound, count: range.count)
    }

    func isBelievable(_ work: Work, _ sums: LossSums, _ gradient: ParameterBuffer?) -> Bool {
        comparison.isBelievable(
            work,
            sums,
            gradient.map { UnsafeRawBufferPointer($0.bytes) },
            parameters: optimizer.parameters,
            feed: feed
        )
    }

    func accept(_ work: Work, _ sums: LossSums, _ gradient: ParameterBuffer?, isKept: Bool) {
        let sum = ReductionTree.Sum(gradient: gradient, sums: sums)
        if isKept { comparison.keep(sum, of: work, parameters: optimizer.parameters) }
        roundSums(of: work.round).add(sum, at: work.subtree)
    }

    func acceptEarlySegment(of work: Work, _ gradient: ParameterBuffer) {
        roundSums(of: work.round).addEarlySegment(gradient, at: work.subtree)
    }

    private func roundSums(of round: Round) -> StepReduction {
        if let sums = sums[round] { return sums }
        let shardCount = schedule.shardCount(of: round)
        let fresh =
            spareSums.popLast()
            ?? StepReduction(shardCount: shardCount, arithmetic: arithmetic, buffers: gradients)
        fresh.begin(shardCount: shardCount)
        sums[round] = fresh
        return fresh
    }

    func discard(_ round: Round) {
        guard let over = sums.removeValue(forKey: round) else { return }
        over.removeAll()
        spareSums.append(over)
    }

    func abandonStep() { optimizer.abandonStep() }

    func applyEarlySegment(index: Int) {
        clock.lap(.receive)
        let gradient = roundSums(of: .step(index: index)).takeFullyConnected()
        clock.lap(.reduce)
        apply(gradient, LeNet.segments[1], index)
        clock.lap(.optimize)
    }

    private func apply(_ gradient: ParameterBuffer, _ segment: LeNet.Segment, _ index: Int) {
        optimizer.apply(
            gradient,
            range: segment.range,
            sampleCount: schedule.samples(of: .step(index: index)).count,
            step: index + 1
        )
    }

    func applyStep(index: Int) -> LossSums {
        let round = Round.step(index: index)
        guard let sums = self.sums[round], let total = sums.total, let gradient = total.gradient
        else { preconditionFailure("step \(index) is applied before its sum is complete") }
        if !sums.isFullyConnectedTaken {
            optimizer.beginWholeStep()
            applyEarlySegment(index: index)
        }
        apply(gradient, LeNet.segments[0], index)
        optimizer.finish(step: index + 1)
        discard(round)
        return total.sums
    }

    func takeSums(of round: Round) -> LossSums? {
        guard let total = sums[round]?.total else { return nil }
        discard(round)
        return total.sums
    }

    func averageMetrics(of round: Round) -> Metrics? {
        let shardCount = schedule.shardCount(of: round)
        guard shardCount > 0, let average = optimizer.average else { return nil }
        let work = Work(round: round, subtree: .root(of: shardCount), version: 0)
        let sums = comparison.compute(work, average, feed).sums
        return Metrics(of: sums, sampleCount: schedule.samples(of: round).count)
    }

    func wrongWorkers(
        _ work: Work,
        first: WorkerID,
        second: WorkerArrival<NetworkPayloads>?
    ) -> [WorkerID] {
        comparison.wrongWorkers(work, first: first, second: second, feed: feed)
    }

    func forget(_ work: Work) { comparison.forget(work) }

    func engageThread() { arithmetic.engageThread() }

    func releaseThread() { arithmetic.releaseThread() }
}
