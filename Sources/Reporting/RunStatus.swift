package import Figures

/// How a run goes, in a line for logs where nothing else was said for a while.
///
/// It renders only; time is an argument, counted from any fixed instant.
package struct RunStatus: Equatable, Sendable {
    private enum Phase: Equatable {
        case waiting(workerCount: Int, needed: Int)
        case training
    }

    private let interval: Duration
    private let epochCount: Int
    private let stepsPerEpoch: Int
    private var phase: Phase
    private var record: StepRecord?
    private var workerCount = 0
    private var lastSaid: Duration

    /// Begins to wait for workers.
    ///
    /// - Parameter interval: after how long a silence a line is due; zero for never.
    package init(
        every interval: Duration,
        epochCount: Int,
        stepsPerEpoch: Int,
        workersNeeded: Int,
        at now: Duration
    ) {
        self.interval = interval
        self.epochCount = epochCount
        self.stepsPerEpoch = stepsPerEpoch
        phase = .waiting(workerCount: 0, needed: workersNeeded)
        lastSaid = now
    }

    /// Notes that something was said, so that there is no need for a line.
    package mutating func said(at now: Duration) { lastSaid = now }

    /// Notes where the run stands after a step.
    package mutating func advanced(_ record: StepRecord) {
        self.record = record
        phase = .training
    }

    /// Notes how many workers take part.
    package mutating func has(workerCount: Int) {
        self.workerCount = workerCount
        if case .waiting(_, let needed) = phase {
            phase = .waiting(workerCount: workerCount, needed: needed)
        }
    }

    /// Notes that no round can go on until more workers come.
    package mutating func waits(workerCount: Int, needed: Int) {
        self.workerCount = workerCount
        phase = .waiting(workerCount: workerCount, needed: needed)
    }

    /// When a line is due if nothing is said before; nil for never.
    package var deadline: Duration? { interval > .zero ? lastSaid + interval : nil }

    /// The line, if one is due, which counts as said.
    package mutating func line(at now: Duration) -> String? {
        guard let deadline, deadline <= now else { return nil }
        lastSaid = now
        let parts = [place, figures, workers].compactMap(\.self)
        return parts.joined(separator: ", ")
    }

    private var place: String? {
        guard let record else { return nil }
        let epoch = "epoch \(record.epoch.epochIndex + 1)/\(epochCount)"
        return "\(epoch), step \(record.completedInEpochCount)/\(stepsPerEpoch)"
    }

    private var figures: String? {
        record.map {
            "loss \(DecimalText.metric($0.epoch.training.loss)), accuracy \(DecimalText.metric($0.epoch.training.accuracy))"
        }
    }

    private var workers: String {
        switch phase {
        case .waiting(let workerCount, let needed):
            "waiting for workers: \(workerCount) of \(needed) \(workerCount == 1 ? "has" : "have") joined"
        case .training:
            "\(workerCount) worker\(workerCount == 1 ? "" : "s")"
        }
    }
}
