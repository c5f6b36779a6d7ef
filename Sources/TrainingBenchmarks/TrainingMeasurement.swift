import Figures
internal import Reporting

/// What one run has shown.
struct TrainingMeasurement: Equatable {
    /// Of the last epoch.
    let samplesPerSecond: Double
    let batchSize: Int
    let workerCount: Int
    /// The run from its start to its end.
    let totalSeconds: Double
    /// What all its processes used of the processors.
    let processorSeconds: Double
    let profile: RunProfile

    init(_ summary: RunSummary, processorSeconds: Double) {
        samplesPerSecond = summary.epochs.last?.throughputSamplesPerSecond ?? 0
        batchSize = summary.batchSize
        workerCount = summary.workers
        totalSeconds = summary.totalSeconds
        profile = summary.profile
        self.processorSeconds = processorSeconds
    }

    /// From one step's end to the next, in microseconds.
    var stepMicroseconds: Double { Double(batchSize) / samplesPerSecond * 1_000_000 }

    /// The coordinator's time of a step by phase, in microseconds.
    var coordinatorMicroseconds: [String: Double] {
        profile.coordinator.mapValues { $0 / Double(max(profile.steps, 1)) * 1_000_000 }
    }

    /// A worker's time of a step by phase, in microseconds, on average over the workers.
    ///
    /// Its time counts from its second answer to its leave; what evaluation took is left out.
    var workerMicroseconds: [String: Double] {
        var sums: [String: Double] = [:]
        for worker in profile.workers {
            for (phase, seconds) in worker.seconds { sums[phase, default: 0] += seconds }
        }
        let stepCount = Double(max(profile.steps * profile.workers.count, 1))
        return sums.mapValues { $0 / stepCount * 1_000_000 }
    }

    /// How long the coordinator's thread has a processor in a step, in microseconds.
    var coordinatorProcessorMicroseconds: Double {
        profile.processorSeconds / Double(max(profile.steps, 1)) * 1_000_000
    }

    /// How often a worker asks for memory in a step, as far as that was counted.
    var workerAllocations: Double {
        let sum = profile.workers.reduce(0) { $0 + ($1.allocations ?? 0) }
        return Double(sum) / Double(max(profile.steps * profile.workers.count, 1))
    }

    /// A total of the coordinator's divided by its steps.
    func perStep(_ total: Int) -> Double { Double(total) / Double(max(profile.steps, 1)) }
}
