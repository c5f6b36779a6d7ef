import Foundation
internal import Reporting

/// The lines about one batch size and worker count; the figures are those of the median run.
struct TrainingTable {
    /// Sorted by speed.
    let own: [TrainingMeasurement]
    /// Beside another build, if there is one.
    let comparison: BuildComparison?
    /// The framework's samples a second, sorted.
    let peers: [Double]
    let framework: Framework?

    private var median: TrainingMeasurement { own[own.count / 2] }

    var samplesPerSecond: Double { median.samplesPerSecond }

    /// - Parameter single: samples a second with one worker, where that was measured.
    func title(_ batchSize: Int, _ workerCount: Int, single: Double?) -> String {
        let runs =
            own.count == 1
            ? "one run"
            : "\(whole(own[0].samplesPerSecond)) to \(whole(own[own.count - 1].samplesPerSecond)) "
                + "in \(own.count) runs"
        var title =
            "\nbatch \(batchSize), \(workerCount) worker\(workerCount == 1 ? "" : "s"): "
            + "\(whole(samplesPerSecond)) samples/s (\(runs)), "
            + "\(whole(median.stepMicroseconds)) µs a step"
        if let single, workerCount > 1 {
            title += ", \(Self.decimal(samplesPerSecond / single)) × one worker"
        }
        return title
    }

    func lines() -> [String] {
        let phases = [
            "wait", "receive", "convert", "forward", "backward fc", "backward conv", "reduce",
            "Adam", "send", "record",
        ]
        var lines = [
            Self.row("µs a step", phases),
            Self.row("coordinator", figures(median.coordinatorMicroseconds, phases)),
            Self.row("a worker", figures(median.workerMicroseconds, phases)),
            "  a step: \(Self.decimal(median.perStep(median.profile.messages))) messages, "
                + "\(whole(median.perStep(median.profile.bytes))) bytes" + allocations,
            "  the whole run: \(Self.decimal(median.totalSeconds)) s, "
                + "\(Self.decimal(median.processorSeconds)) CPU seconds",
        ]
        lines += comparison?.lines() ?? []
        if let framework, !peers.isEmpty {
            let middle = peers[peers.count / 2]
            lines.append(
                "  \(framework.name): \(whole(middle)) samples/s (\(whole(peers[0])) to "
                    + "\(whole(peers[peers.count - 1]))); Lockstep \(Self.decimal(samplesPerSecond / middle)) ×"
            )
        }
        return lines
    }

    /// How often a step asks for memory; empty where nothing counted it.
    private var allocations: String {
        median.profile.allocations.map {
            "; allocations: \(Self.decimal(median.perStep($0))) by the coordinator, "
                + "\(Self.decimal(median.workerAllocations)) by a worker"
        } ?? ""
    }

    private func figures(_ microseconds: [String: Double], _ phases: [String]) -> [String] {
        phases.map { microseconds[$0].map(Self.decimal) ?? "" }
    }

    static func row(_ name: String, _ columns: [String]) -> String {
        let name = name.padding(toLength: 12, withPad: " ", startingAt: 0)
        return "  " + name
            + columns.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }

    static func decimal(_ number: Double) -> String { rounded(number, 1) }

    static func hundredths(_ number: Double) -> String { rounded(number, 2) }

    private static func rounded(_ number: Double, _ digitCount: Int) -> String {
        let style = FloatingPointFormatStyle<Double>.number.precision(.fractionLength(digitCount))
        return number.formatted(style.locale(Locale(identifier: "en_US")))
    }

    private func whole(_ number: Double) -> String { Self.whole(number) }

    static func whole(_ number: Double) -> String {
        DecimalText.grouped(number.isFinite ? Int(number.rounded()) : 0)
    }
}

/// How the coordinator's time of a step grows with its workers, and what that means on a network.
struct CoordinatorCost {
    private let points: [(workerCount: Int, measurement: TrainingMeasurement)]

    init(_ points: [(workerCount: Int, measurement: TrainingMeasurement)]) {
        self.points = points
    }

    func lines() -> [String] {
        var lines = ["\n  workers, and µs that the coordinator has a processor in a step"]
        for point in points {
            lines.append(
                TrainingTable.row(
                    "\(point.workerCount)",
                    [TrainingTable.decimal(point.measurement.coordinatorProcessorMicroseconds)]
                )
            )
        }
        guard let slope, let last = points.last else { return lines }
        let bytes =
            last.measurement.perStep(last.measurement.profile.bytes) / 2
            / Double(last.workerCount)
        lines.append(
            "  the least squares' line: \(TrainingTable.decimal(slope.intercept)) + "
                + "\(TrainingTable.decimal(slope.perWorker)) × workers"
        )
        for gigabits in [1.0, 10, 25] {
            let onNetwork = bytes * 8 / gigabits / 1_000
            let share = max(onNetwork, slope.perWorker)
            lines.append(
                "  \(Int(gigabits)) Gbit/s: a worker's \(Int(bytes)) bytes each way take "
                    + "\(TrainingTable.decimal(onNetwork)) µs; \(Int(10_000 / share)) workers "
                    + "that compute for 10 ms a step keep the coordinator as busy as themselves"
            )
        }
        return lines
    }

    private var slope: (intercept: Double, perWorker: Double)? {
        let xs = points.map { Double($0.workerCount) }
        let ys = points.map(\.measurement.coordinatorProcessorMicroseconds)
        let count = Double(points.count)
        let (meanX, meanY) = (xs.reduce(0, +) / count, ys.reduce(0, +) / count)
        let spread = xs.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        guard spread > 0 else { return nil }
        let perWorker =
            zip(xs, ys).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
        return (meanY - perWorker * meanX, perWorker)
    }
}
