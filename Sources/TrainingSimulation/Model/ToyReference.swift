package import Figures
import TrainingDriver
import TrainingProtocol

/// The slow, obvious computation that every run of the toy is compared with: no machine, no
/// messages, no tree of subtrees.
struct ToyReference {
    private let schedule: Schedule
    private let stopping: StoppingRule
    private let samples: ToySamples
    private var model: ToyModel

    init(schedule: Schedule, stopping: StoppingRule, seed: UInt64) {
        self.schedule = schedule
        self.stopping = stopping
        samples = ToySamples(schedule: schedule, seed: seed)
        model = ToyModel(seed: seed)
    }

    /// Trains, and stands for all that came of it.
    mutating func digest() -> UInt64 {
        var digest = ToyDigest()
        var epochs: [EpochRecord] = []
        while epochs.count < schedule.epochCount, !stopping.isEnough(epochs) {
            let epochIndex = epochs.count
            var totals = EpochTotals()
            for index in 0..<schedule.stepsPerEpoch {
                let round = Round.step(index: epochIndex * schedule.stepsPerEpoch + index)
                let sampleCount = schedule.samples(of: round).count
                let sum = sum(over: round) ?? ToySum()
                model.apply(sum.gradient, sampleCount: sampleCount)
                totals.add(sum.sums, sampleCount: sampleCount)
            }
            let validation = metrics(of: .validation(epochIndex: epochIndex))
            let training = Metrics(of: totals)
            epochs.append(EpochRecord(epochIndex, training, validation))
            digest.add(epochIndex, training, validation)
        }
        digest.add(epochs.count, metrics(of: .test), nil)
        return digest.value(with: model)
    }

    private func metrics(of round: Round) -> Metrics? {
        sum(over: round).map {
            Metrics(of: $0.sums, sampleCount: schedule.samples(of: round).count)
        }
    }

    /// Adds neighbours until one sum is left.
    private func sum(over round: Round) -> ToySum? {
        let all = samples.samples(schedule.samples(of: round), of: round)
        var sums = stride(from: 0, to: all.count, by: Schedule.shardSampleCountMax).map { first in
            let end = min(first + Schedule.shardSampleCountMax, all.count)
            return ToyModel.sum(over: all[first..<end], model.parameters)
        }
        while sums.count > 1 {
            sums = stride(from: 0, to: sums.count, by: 2).map { left in
                left + 1 < sums.count ? sums[left] + sums[left + 1] : sums[left]
            }
        }
        return sums.first
    }
}

extension EpochRecord {
    /// The figures of an epoch that took no time.
    package init(_ index: Int, _ training: Metrics, _ validation: Metrics?) {
        self.init(
            epochIndex: index,
            training: training,
            validation: validation,
            seconds: 0,
            throughputSamplesPerSecond: 0
        )
    }
}

/// Stands for a whole run of the toy: equal only if every step, epoch and figure was.
struct ToyDigest {
    private var hash = StableHash()

    /// Adds an epoch's figures, or those of the test behind the last epoch's.
    mutating func add(_ index: Int, _ metrics: Metrics?, _ validation: Metrics?) {
        hash.mix(UInt64(index))
        for metrics in [metrics, validation] {
            hash.mix((metrics?.loss ?? -1).bitPattern)
            hash.mix((metrics?.accuracy ?? -1).bitPattern)
        }
    }

    func value(with model: ToyModel) -> UInt64 {
        var hash = hash
        model.mix(into: &hash)
        return hash.value
    }
}
