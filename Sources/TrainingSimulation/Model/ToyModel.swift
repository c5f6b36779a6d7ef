import Figures
import SeededRandom
package import TrainingProtocol

/// A model of four parameters: enough that a wrong order, a double count or a stale parameter shows
/// in the last bits.
package struct ToyModel: Equatable, Sendable {
    /// Parameters, gradients and moments.
    typealias Vector = SIMD4<Float>

    var parameters: Vector
    var firstMoment = Vector.zero
    var secondMoment = Vector.zero

    init(seed: UInt64) {
        var random = RandomStream(seed: seed, stream: 1)
        parameters = Vector(
            random.uniformFloat(),
            random.uniformFloat(),
            random.uniformFloat(),
            random.uniformFloat()
        )
    }

    /// What one shard adds up to, over its samples in their order.
    ///
    /// Each sample pulls the parameters towards a place of its own, `g = w · (p - place)`. Its loss
    /// is one that a sample can have whose label is the likeliest of ten classes.
    static func sum(over shard: ArraySlice<UInt32>, _ parameters: Vector) -> ToySum {
        var sum = ToySum()
        for sample in shard {
            let bits = SIMD4<UInt32>(1, 3, 5, 7) &* (sample &* 0x9E37_79B9 ^ 0x85EB_CA6B)
            let place = Vector(bits &>> 8) * 0x1p-23 - 1
            let pull = parameters - place
            sum.gradient += pull * (0.5 + Float(bits[0] & 0xFF) * 0x1p-8)
            sum.sums.lossSum += 0.5 + 0.25 * min(abs(pull[0]), 2)
        }
        sum.sums.correctCount = shard.count
        return sum
    }

    /// What several shards add up to, in the order of the tree: what a worker answers.
    static func total(of samples: [UInt32], _ parameters: Vector) -> ToySum {
        let shardSize = Schedule.shardSampleCountMax
        let shardCount = (samples.count + shardSize - 1) / shardSize
        if shardCount == 1 { return sum(over: samples[...], parameters) }
        var tree = TreeSum(shardCount: shardCount)
        for index in 0..<shardCount {
            let first = index * shardSize
            let shard = samples[first..<min(first + shardSize, samples.count)]
            _ = tree.add(sum(over: shard, parameters), at: Subtree(level: 0, index: index))
        }
        return tree.total ?? ToySum()
    }

    /// An update in the manner of Adam, that lets a dozen steps differ; without the square root.
    mutating func apply(_ gradient: Vector, sampleCount: Int) {
        let mean = gradient / Float(sampleCount)
        firstMoment = firstMoment * 0.9 + mean * 0.1
        secondMoment = secondMoment * 0.99 + mean * mean * 0.01
        parameters -= 0.05 * firstMoment / (secondMoment + 0.1)
    }

    func mix(into hash: inout StableHash) {
        hash.mix(parameters)
        hash.mix(firstMoment)
        hash.mix(secondMoment)
    }
}

/// What samples add up to: a gradient, losses and counts.
struct ToySum: Equatable, Sendable {
    var gradient = ToyModel.Vector.zero
    var sums = LossSums()

    static func + (left: ToySum, right: ToySum) -> ToySum {
        ToySum(gradient: left.gradient + right.gradient, sums: left.sums + right.sums)
    }
}

/// The samples of a simulated run: numbers, in an order that the seed and the epoch determine.
package final class ToySamples: ToySampleSource {
    let schedule: Schedule
    private let seed: UInt64
    private var epochIndex: Int?
    private var order: [UInt32] = []

    init(schedule: Schedule, seed: UInt64) {
        self.schedule = schedule
        self.seed = seed
    }

    /// The samples of a piece of work, shard after shard.
    package func samples(of work: Work) -> [UInt32] {
        samples(schedule.samples(of: work.subtree, in: work.round), of: work.round)
    }

    func samples(_ range: Range<Int>, of round: Round) -> [UInt32] {
        switch round {
        case .step(let index):
            let epochIndex = index / schedule.stepsPerEpoch
            if self.epochIndex != epochIndex {
                var random = RandomStream(seed: seed, stream: 2 + UInt64(epochIndex))
                order = Permutation.shuffled(
                    count: schedule.trainingSampleCount,
                    random: &random
                )
                self.epochIndex = epochIndex
            }
            return Array(order[range])
        case .validation: return range.map { 1_000_000 + UInt32($0) }
        case .test: return range.map { 2_000_000 + UInt32($0) }
        }
    }
}
