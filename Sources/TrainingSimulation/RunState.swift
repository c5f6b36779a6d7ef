import TrainingProtocol

/// The numbers of a simulated run: what a checkpoint stores.
struct RunState: Equatable, Sendable {
    private(set) var model: ToyModel
    /// The sum of this epoch's gradients, step after step.
    private var tally = ToyModel.Vector.zero
    private var records = StableHash()
    /// Wrong answers that have gone into it: no part of the digest, which shows them by itself.
    private(set) var taints: [Taint] = []

    /// A wrong answer that has counted.
    struct Taint: Equatable, Sendable {
        let work: Work
        let worker: WorkerID
    }

    init(seed: UInt64) { model = ToyModel(seed: seed) }

    /// Stands for the whole run: equal only if every step, epoch and figure was.
    var digest: UInt64 {
        var hash = records
        model.mix(into: &hash)
        hash.mix(tally)
        return hash.value
    }

    mutating func add(_ taints: [Taint]) { self.taints += taints }

    mutating func applyStep(_ gradient: ToyModel.Vector, sampleCount: Int) {
        model.apply(gradient, sampleCount: sampleCount)
        tally += gradient
    }

    mutating func recordEpoch(_ validation: ToyModel.Vector?) {
        records.mix(tally)
        records.mix(validation ?? .zero)
        tally = .zero
    }

    mutating func recordTest(_ test: ToyModel.Vector?) { records.mix(test ?? .zero) }
}

/// The slow, obvious computation that every simulated run is compared with: no machine, no
/// messages, no tree of subtrees.
enum Reference {
    static func digest(of schedule: Schedule, seed: UInt64) -> UInt64 {
        var state = RunState(seed: seed)
        var samples = ToySamples(schedule: schedule, seed: seed)
        for epochIndex in 0..<schedule.epochCount {
            for index in 0..<schedule.stepsPerEpoch {
                let round = Round.step(index: epochIndex * schedule.stepsPerEpoch + index)
                let gradient = sum(over: round, state.model.parameters, &samples)
                state.applyStep(
                    gradient ?? .zero,
                    sampleCount: schedule.samples(of: round).count
                )
            }
            let validation = Round.validation(epochIndex: epochIndex)
            state.recordEpoch(sum(over: validation, state.model.parameters, &samples))
        }
        state.recordTest(sum(over: .test, state.model.parameters, &samples))
        return state.digest
    }

    /// Adds neighbours until one sum is left.
    private static func sum(
        over round: Round,
        _ parameters: ToyModel.Vector,
        _ samples: inout ToySamples
    ) -> ToyModel.Vector? {
        let all = samples.samples(samples.schedule.samples(of: round), of: round)
        var sums = stride(from: 0, to: all.count, by: Schedule.shardSampleCountMax).map { first in
            let end = min(first + Schedule.shardSampleCountMax, all.count)
            return ToyModel.gradient(of: parameters, shard: all[first..<end])
        }
        while sums.count > 1 {
            sums = stride(from: 0, to: sums.count, by: 2).map { left in
                left + 1 < sums.count ? sums[left] + sums[left + 1] : sums[left]
            }
        }
        return sums.first
    }
}
