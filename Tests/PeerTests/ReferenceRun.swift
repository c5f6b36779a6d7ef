import Arithmetic
import Figures
import Foundation
import Kernels
import MNIST
import Model
import TrainingProtocol
import Wire

@testable import Training

/// The first steps of a run, made in one thread of the parts that a run is made of: the feed's
/// order, shards, the reduction tree, the optimizer.
struct ReferenceRun {
    static let batchSize = 32
    static let testSampleCount = 1_000

    /// The parameters before the first step.
    let initial: ParameterBuffer
    /// The parameters after the last step.
    private(set) var trained = ParameterBuffer()
    /// The gradient of the first batch's summed loss.
    let firstGradientSum = ParameterBuffer()
    /// The mean loss of every step.
    private(set) var losses: [Double] = []
    /// The samples of all steps, one batch behind the other.
    private(set) var batches = Data()
    /// The first test images.
    let testImages: LabeledImages
    /// Loss and accuracy over them, after the last step.
    private(set) var testMetrics = Metrics(loss: 0, accuracy: 0)

    private let kernels: KernelSet
    private let computer: ShardComputer
    private let schedule: Schedule
    private let feed: SampleFeed

    init(transform: InputTransform, seed: UInt64, stepCount: Int) throws {
        FloatingPointMode.flushSubnormals()
        kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        computer = ShardComputer(kernels: kernels, transform: transform)
        initial = ParameterBuffer.initial(seed: seed)
        let dataset = try MNISTDataset.load(directory: nil)
        schedule = Schedule(
            trainingSampleCount: 54_000,
            validationSampleCount: 6_000,
            testSampleCount: dataset.test.count,
            batchSize: Self.batchSize,
            epochCount: 1
        )
        feed = SampleFeed(dataset: dataset, schedule: schedule, seed: seed)
        testImages = LabeledImages(
            samples: dataset.test.withUnsafeSamples {
                Array($0.prefix(Self.testSampleCount * LabeledImages.sampleSize))
            }
        )
        train(stepCount: stepCount)
        testMetrics = Evaluation(kernels: kernels, transform: transform)
            .metrics(of: trained, over: testImages)
    }

    private mutating func train(stepCount: Int) {
        let parameters = ParameterBuffer()
        parameters.copy(from: initial)
        let optimizer = Optimizer(
            rule: OptimizerRule(),
            kernels: kernels,
            buffers: OptimizerRule().initialBuffers(of: parameters)
        )
        for index in 0..<stepCount {
            let (gradient, sums) = sum(ofStep: index, optimizer.parameters)
            if index == 0 { firstGradientSum.copy(from: gradient) }
            losses.append(Double(sums.lossSum) / Double(Self.batchSize))
            optimizer.apply(
                gradient,
                range: 0..<LeNet.digits.parameterCount,
                sampleCount: Self.batchSize,
                step: index + 1
            )
            optimizer.finish(step: index + 1)
        }
        trained = optimizer.parameters
    }

    /// Computes a batch shard by shard and adds the shards up.
    private mutating func sum(
        ofStep index: Int,
        _ parameters: ParameterBuffer
    ) -> (ParameterBuffer, LossSums) {
        let round = Round.step(index: index)
        let shardCount = schedule.shardCount(of: round)
        let reduction = ReductionTree(
            shardCount: shardCount,
            kernels: kernels
        )
        for shard in 0..<shardCount {
            let subtree = Subtree(level: 0, index: shard)
            let work = Work(round: round, subtree: subtree, version: index)
            var samples = Data(count: feed.size(of: work))
            samples.withUnsafeMutableBytes { feed.copySamples(of: work, into: $0) }
            batches.append(samples)
            let gradient = ParameterBuffer()
            let sums = samples.withUnsafeBytes {
                computer.gradient(of: parameters.start, samples: $0, into: gradient.start)
            }
            reduction.add(ReductionTree.Sum(gradient: gradient, sums: sums), at: subtree)
        }
        let total = reduction.total!
        return (total.gradient!, total.sums)
    }
}
