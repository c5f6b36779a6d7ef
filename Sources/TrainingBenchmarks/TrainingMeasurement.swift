import Figures
import JSON
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

    /// Reads a run's `summary.json`; nil if a figure is missing.
    init?(summary: StrictJSON, processorSeconds: Double) {
        guard let epoch = summary["epochs"]?.elements?.last,
            let samplesPerSecond = epoch["samplesPerSecond"]?.double,
            let batchSize = summary["batchSize"]?.count,
            let workerCount = summary["workers"]?.count,
            let totalSeconds = summary["totalSeconds"]?.double,
            let profile = summary["profile"].flatMap(RunProfile.init)
        else { return nil }
        self.samplesPerSecond = samplesPerSecond
        self.batchSize = batchSize
        self.workerCount = workerCount
        self.totalSeconds = totalSeconds
        self.profile = profile
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

extension RunProfile {
    fileprivate init?(_ json: StrictJSON) {
        guard let steps = json["steps"]?.count, let messages = json["messages"]?.count,
            let bytes = json["bytes"]?.count, let sealedMessages = json["sealedMessages"]?.count,
            let processorSeconds = json["processorSeconds"]?.double,
            let coordinator = json["coordinator"]?.seconds, let workers = json["workers"]?.elements
        else { return nil }
        self.init(
            steps: steps,
            messages: messages,
            bytes: bytes,
            sealedMessages: sealedMessages,
            allocations: json["allocations"]?.count,
            processorSeconds: processorSeconds,
            coordinator: coordinator,
            workers: workers.compactMap(Worker.init)
        )
    }
}

extension RunProfile.Worker {
    fileprivate init?(_ json: StrictJSON) {
        guard let answers = json["answers"]?.count, let seconds = json["seconds"]?.seconds else {
            return nil
        }
        self.init(answers: answers, allocations: json["allocations"]?.count, seconds: seconds)
    }
}

extension StrictJSON {
    /// Seconds by phase.
    fileprivate var seconds: [String: Double]? {
        members.map { members in
            members.reduce(into: [:]) { $0[$1.key] = $1.value.double }
        }
    }
}
