import Reporting

/// When each worker took part, and what share of the work it did.
struct WorkerTimeline {
    /// A worker, as the log names it.
    struct Row: Equatable {
        var name: String
        /// From when to when it took part, in seconds since 1970.
        var spans: [ClosedRange<Double>] = []
        /// Shards that it computed in the epochs that are over.
        var shardCount = 0
        /// When it was lost without having left, or was found wrong.
        var losses: [(time: Double, text: String)] = []

        static func == (left: Row, right: Row) -> Bool {
            left.name == right.name && left.spans == right.spans
                && left.shardCount == right.shardCount
                && left.losses.map(\.time) == right.losses.map(\.time)
        }
    }

    /// The workers, those that did the most first.
    private(set) var rows: [Row] = []
    /// From when to when a coordinator ran, in seconds since 1970.
    private(set) var starts: [ClosedRange<Double>] = []

    /// As many workers as fit on a page.
    private static let rowCountMax = 40

    /// Reads a run's history.
    ///
    /// - Parameter end: until when workers that are there have been, at least.
    init(_ history: [HistoryEvent], until end: Double?) {
        var rows: [String: Row] = [:]
        var open: [String: Double] = [:]
        var last: Double?
        func close(_ name: String, at time: Double) {
            guard let start = open.removeValue(forKey: name) else { return }
            rows[name]?.spans.append(start...max(start, time))
        }
        for event in history {
            if event.kind == .start {
                starts.append(event.time...event.time)
                // The start before ended without a word.
                for name in open.keys { close(name, at: last ?? event.time) }
            }
            if let name = event.worker {
                var row = rows[name] ?? Row(name: name)
                if event.kind == .workerLost, event.text != Self.leave {
                    row.losses.append((event.time, event.text ?? "lost"))
                }
                if event.kind == .workerDistrusted {
                    row.losses.append((event.time, "gave a wrong answer"))
                }
                rows[name] = row
                switch event.kind {
                case .workerJoined: open[name] = open[name] ?? event.time
                case .workerLost, .workerDistrusted: close(name, at: event.time)
                default: break
                }
            }
            for (name, count) in event.shards {
                rows[name, default: Row(name: name)].shardCount += count
            }
            if event.kind == .end { for name in open.keys { close(name, at: event.time) } }
            last = max(last ?? event.time, event.time)
            if let first = starts.last?.lowerBound {
                starts[starts.count - 1] = first...max(first, event.time)
            }
        }
        let latest = max(last ?? 0, end ?? 0)
        if let first = starts.last?.lowerBound {
            starts[starts.count - 1] = first...max(first, latest)
        }
        for name in open.keys { close(name, at: latest) }
        self.rows = rows.values.sorted { ($1.shardCount, $0.name) < ($0.shardCount, $1.name) }
    }

    /// How long a coordinator had run before a moment, in seconds; the time between two starts is
    /// left out.
    func runningTime(until time: Double) -> Double {
        starts.reduce(0) { sum, start in
            sum + max(0, min(time, start.upperBound) - start.lowerBound)
        }
    }

    private var wholeTime: Double { runningTime(until: .infinity) }

    /// What the history says of a worker that took leave.
    private static let leave = "it left"

    /// The workers as bars over time, with their shares.
    var html: String {
        guard !rows.isEmpty else {
            return "<p class=\"quiet\">no worker has joined yet</p>"
        }
        let total = max(1, rows.reduce(0) { $0 + $1.shardCount })
        let shown = rows.prefix(Self.rowCountMax)
        let lines = shown.map { row in
            let share = 100 * Double(row.shardCount) / Double(total)
            return
                "<tr><th scope=\"row\">\(Markup.escaped(row.name))</th><td>\(DecimalText.grouped(row.shardCount))</td><td>\(DecimalText.fixed(share, places: 1)) %</td><td class=\"time\">\(bar(row))</td></tr>"
        }
        let rest = rows.count - shown.count
        let more =
            rest > 0
            ? "<p class=\"quiet\">and \(DecimalText.grouped(rest)) more that computed less</p>" : ""
        return Markup.scrolling(
            "<table class=\"workers\"><caption>each worker's share, and when it took part in \(Markup.span(wholeTime)) of training; dots are losses, rules are starts of the coordinator</caption><thead><tr><th scope=\"col\">worker</th><th scope=\"col\">shards</th><th scope=\"col\">share</th><th scope=\"col\">time</th></tr></thead><tbody>\(lines.joined(separator: "\n"))</tbody></table>",
            label: "workers"
        ) + more
    }

    private func bar(_ row: Row) -> String {
        func place(_ time: Double) -> Double {
            300 * runningTime(until: time) / max(wholeTime, 1e-9)
        }
        let spans = row.spans.map { span in
            let (first, last) = (place(span.lowerBound), place(span.upperBound))
            let times = [span.lowerBound, span.upperBound].map {
                Markup.span(runningTime(until: $0))
            }
            return
                "<rect x=\"\(Markup.coordinate(first))\" y=\"3\" width=\"\(Markup.coordinate(max(last - first, 1)))\" height=\"8\" rx=\"1\"><title>\(times.joined(separator: " to "))</title></rect>"
        }
        let rules = starts.dropFirst().map {
            "<path class=\"rule\" d=\"M\(Markup.coordinate(place($0.lowerBound))) 0V14\"/>"
        }
        let losses = row.losses.map { loss in
            "<circle cx=\"\(Markup.coordinate(place(loss.time)))\" cy=\"7\" r=\"4\"><title>\(Markup.escaped(loss.text)), after \(Markup.span(runningTime(until: loss.time)))</title></circle>"
        }
        return
            "<svg viewBox=\"-4 0 308 14\" role=\"img\" aria-label=\"when \(Markup.escaped(row.name)) took part\">\(rules.joined())\(spans.joined())\(losses.joined())</svg>"
    }
}
