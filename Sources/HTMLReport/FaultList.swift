import Reporting

/// What a run has survived.
struct FaultList {
    private let history: [HistoryEvent]
    private let start: Double

    /// As many faults are told of one by one, the latest.
    private static let shownCountMax = 60

    /// Picks the faults out of a run's history.
    init(_ history: [HistoryEvent]) {
        start = history.first?.time ?? 0
        var startCount = 0
        self.history = history.filter { event in
            switch event.kind {
            case .start:
                startCount += 1
                return startCount > 1
            case .workerLost: return event.text != "it left"
            case .workerDistrusted, .wentBack, .overdue, .checkpointFailed: return true
            case .workerJoined, .epoch, .end: return false
            }
        }
    }

    /// How many there are.
    var count: Int { history.count }

    /// The faults, counted and one by one.
    var html: String {
        guard !history.isEmpty else { return "<p>None.</p>" }
        let counts = HistoryEvent.Kind.allCases.compactMap { kind -> String? in
            let count = history.filter { $0.kind == kind }.count
            return count == 0 ? nil : Self.text(of: kind, count)
        }
        let rows = history.suffix(Self.shownCountMax).map { event in
            [
                Markup.span(event.time - start), Markup.count(Double(event.step)),
                Markup.escaped(Self.text(of: event)),
            ]
        }
        let hidden = history.count - rows.count
        let more =
            hidden > 0
            ? "<p class=\"quiet\">the first \(DecimalText.grouped(hidden)) are left out</p>" : ""
        return "<p>\(Markup.escaped(counts.joined(separator: ", "))).</p>"
            + "<details\(rows.count <= 8 ? " open" : "")><summary>one by one</summary>\(more)"
            + Markup.table(
                caption: "faults, by the time since the run's start",
                heads: ["time", "step", "what happened"],
                rows: rows
            ) + "</details>"
    }

    private static func text(of kind: HistoryEvent.Kind, _ count: Int) -> String {
        let (one, many) =
            switch kind {
            case .start:
                ("start of the coordinator that went on", "starts of the coordinator that went on")
            case .workerLost: ("lost worker", "lost workers")
            case .workerDistrusted: ("worker with wrong answers", "workers with wrong answers")
            case .wentBack: ("return to a checkpoint", "returns to a checkpoint")
            case .overdue: ("overdue round", "overdue rounds")
            case .checkpointFailed: ("failed checkpoint", "failed checkpoints")
            case .workerJoined, .epoch, .end: ("event", "events")
            }
        return "\(DecimalText.grouped(count)) \(count == 1 ? one : many)"
    }

    private static func text(of event: HistoryEvent) -> String {
        let detail = event.text.map { ": \($0)" } ?? ""
        let worker = event.worker ?? "a worker"
        switch event.kind {
        case .start: return "the coordinator was started again, and went on"
        case .workerLost: return "\(worker) was lost\(detail)"
        case .workerDistrusted: return "\(worker) gave a wrong answer\(detail)"
        case .wentBack: return "the run went back to a checkpoint from before a wrong answer"
        case .overdue: return "overdue\(detail)\(event.worker.map { ", for \($0)" } ?? "")"
        case .checkpointFailed: return "a checkpoint was not written\(detail)"
        case .workerJoined, .epoch, .end: return event.kind.rawValue
        }
    }
}
