import Arithmetic
import Checkpoints
import Figures
import Kernels
import MNIST
import Model
import NetworkTransport
import SeededRandom
import TrainingDriver
import TrainingProtocol
import TrainingSimulation
import Transport
import Wire

@testable import Training

/// The program's own numbers in a simulated run: LeNet-5 on the first images of MNIST.
final class LeNetRun: SimulatedModel {
    typealias Payloads = NetworkPayloads
    typealias Numbers = LeNetNumbers
    typealias Arithmetic = LeNetWorkerNumbers

    private let schedule: Schedule
    private let stopping: StoppingRule
    private let seed: UInt64
    private let kernels: KernelSet
    private let run: Run

    init(schedule: Schedule, stopping: StoppingRule, seed: UInt64) {
        self.schedule = schedule
        self.stopping = stopping
        self.seed = seed
        do {
            kernels = try KernelSet.best(environment: [:])
            let mnist = try MNISTDataset.load(directory: nil)
            let dataset = MNISTDataset(
                training: Self.first(
                    schedule.trainingSampleCount + schedule.validationSampleCount,
                    of: mnist.training
                ),
                test: Self.first(schedule.testSampleCount, of: mnist.test)
            )
            // Nothing of it is used that would touch its folder.
            let store = CheckpointStore(
                folder: "none",
                keepCount: 1,
                table: RunBuilder.table(of: .digits)
            )
            run = Run(
                start: RunStart(
                    settings: Coordinator.Settings(
                        stamp: RunStamp(run: seed, generation: 0),
                        schedule: schedule,
                        input: input,
                        workerCountMin: 1,
                        stepsPerCheckpoint: 0
                    )
                ),
                feed: SampleFeed(dataset: dataset, schedule: schedule, seed: seed),
                optimizer: Self.optimizer(seed: seed, kernels),
                kernels: kernels,
                checkpoints: RunCheckpoints(
                    writer: CheckpointWriter(
                        store: store,
                        table: RunBuilder.table(of: .digits),
                        slotNames: Self.rule(seed: seed).slotNames
                    ),
                    store: store,
                    identity: RunIdentity(run: seed, seed: seed, configuration: [:])
                )
            )
        } catch {
            preconditionFailure("LeNet-5 cannot be run here: \(error)")
        }
    }

    private let input = InputSettings(geometry: "pad", scale: "unit")

    private static func first(_ count: Int, of images: LabeledImages) -> LabeledImages {
        LabeledImages(
            samples: images.withUnsafeSamples { Array($0.prefix(count * LabeledImages.sampleSize)) }
        )
    }

    /// Adam, or a velocity and an average of the parameters, at every other seed.
    private static func rule(seed: UInt64) -> OptimizerRule {
        seed.isMultiple(of: 2)
            ? OptimizerRule()
            : OptimizerRule(
                .sgd(momentum: 0.9, isNesterov: true),
                learningRate: LearningRate(0.01),
                weightDecay: 0.01,
                averageDecay: 0.5
            )
    }

    private static func optimizer(seed: UInt64, _ kernels: KernelSet) -> Optimizer {
        let rule = rule(seed: seed)
        return Optimizer(
            rule: rule,
            kernels: kernels,
            buffers: rule.initialBuffers(of: ParameterBuffer.initial(seed: seed))
        )
    }

    let table = RunBuilder.table(of: .digits)

    func makeNumbers() -> LeNetNumbers {
        var run = run
        run.optimizer = Self.optimizer(seed: seed, kernels)
        return LeNetNumbers(run, clock: WorkerProfiler(), sliceCountMax: 0)
    }

    func makeArithmetic() -> LeNetWorkerNumbers {
        LeNetWorkerNumbers(kernels: kernels, simulatedDuration: nil, clock: WorkerProfiler())
    }

    func makeRelaying() -> LeNetRelayNumbers { LeNetRelayNumbers(kernels: kernels) }

    static func copy(_ buffer: ParameterBuffer) -> ParameterBuffer {
        let copy = ParameterBuffer()
        copy.copy(from: buffer)
        return copy
    }

    static func samples(of work: Work, from source: any SampleSource) -> StoredSamples {
        var bytes = [UInt8](repeating: 0, count: source.size(of: work))
        bytes.withUnsafeMutableBytes { source.copySamples(of: work, into: $0) }
        return .bytes(bytes)
    }

    static func parameters(_ buffer: ParameterBuffer, isIntact: Bool) -> StoredParameters {
        StoredParameters(copy(buffer))
    }

    static func add(link: Int, to offer: inout WelcomeOffer) { offer.localLink = "\(link)" }

    static func link(in offer: WelcomeOffer) -> Int? { Int(offer.localLink) }

    /// All of its processors are sound.
    static func corrupt(
        _ answer: inout WorkerAnswer<NetworkPayloads>,
        of worker: WorkerID,
        _ random: inout RandomStream
    ) {}

    static func violation(in numbers: LeNetNumbers) -> String? { nil }

    static func violation(in numbers: LeNetRelayNumbers) -> String? { nil }

    static func taints(in numbers: LeNetNumbers) -> [Taint] { [] }

    static func lastWrong(in numbers: LeNetNumbers) -> (work: Work, workers: [WorkerID])? { nil }

    func digest(of numbers: LeNetNumbers, _ epochs: [EpochRecord], _ test: Metrics?) -> UInt64 {
        digest(of: numbers.state, epochs, test)
    }

    private func digest(
        of buffers: OptimizerBuffers,
        _ epochs: [EpochRecord],
        _ test: Metrics?
    ) -> UInt64 {
        Self.digest(
            of: buffers,
            epochs.flatMap { [$0.training, $0.validation, $0.averageValidation] } + [test]
        )
    }

    private static func digest(of buffers: OptimizerBuffers, _ figures: [Metrics?]) -> UInt64 {
        var state: UInt64 = 0
        buffers.withBuffers { parameters, slots in
            let digest = Digest.sha256(ofParts: [parameters] + slots)
            state = digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        return state
            ^ figures.reduce(0) { sum, metrics in
                let bits = (metrics?.loss ?? -1).bitPattern ^ (metrics?.accuracy ?? -1).bitPattern
                return (sum << 7 | sum >> 57) ^ bits
            }
    }

    /// Trains in one thread: shard after shard, the reduction tree, the optimizer.
    func expectedDigest() -> UInt64 {
        FloatingPointMode.flushSubnormals()
        let optimizer = Self.optimizer(seed: seed, kernels)
        var epochs: [EpochRecord] = []
        while epochs.count < schedule.epochCount, !stopping.isEnough(epochs) {
            let epochIndex = epochs.count
            var totals = EpochTotals()
            for index in 0..<schedule.stepsPerEpoch {
                let step = epochIndex * schedule.stepsPerEpoch + index
                let round = Round.step(index: step)
                guard let sum = sum(over: round, optimizer.parameters), let gradient = sum.gradient
                else { preconditionFailure("step \(step) has no samples") }
                let sampleCount = schedule.samples(of: round).count
                optimizer.apply(
                    gradient,
                    range: 0..<LeNet.digits.parameterCount,
                    sampleCount: sampleCount,
                    step: step + 1
                )
                optimizer.finish(step: step + 1)
                totals.add(sum.sums, sampleCount: sampleCount)
            }
            let round = Round.validation(epochIndex: epochIndex)
            let validation = metrics(of: round, optimizer.parameters)
            var epoch = EpochRecord(epochIndex, Metrics(of: totals), validation)
            epoch.averageValidation = optimizer.average.flatMap { metrics(of: round, $0) }
            epochs.append(epoch)
        }
        return digest(of: optimizer.current, epochs, metrics(of: .test, optimizer.parameters))
    }

    private func metrics(of round: Round, _ parameters: ParameterBuffer) -> Metrics? {
        sum(over: round, parameters).map {
            Metrics(of: $0.sums, sampleCount: schedule.samples(of: round).count)
        }
    }

    private func sum(over round: Round, _ parameters: ParameterBuffer) -> ReductionTree.Sum? {
        let shardCount = schedule.shardCount(of: round)
        guard shardCount > 0 else { return nil }
        let tree = ReductionTree(shardCount: shardCount, kernels: kernels)
        let comparison = AnswerComparison(kernels: kernels, input: input)
        for shard in 0..<shardCount {
            let subtree = Subtree(level: 0, index: shard)
            let work = Work(round: round, subtree: subtree, version: 0)
            tree.add(comparison.compute(work, parameters, run.feed), at: subtree)
        }
        return tree.total
    }
}
