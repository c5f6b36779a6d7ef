/// One drawing of an epoch's line.
struct ProgressLine {
    private let count: String
    private let doneShare: Double
    private let times: [String]
    private let metrics: [(name: String, Double)]

    /// Takes what the line shows; `times` follow the bar, `metrics` the times.
    init(doneCount: Int, stepCount: Int, times: [String], metrics: [(name: String, Double)]) {
        let digits = "\(stepCount)"
        let done = "\(doneCount)"
        count =
            String(repeating: " ", count: max(0, digits.count - done.count)) + "\(done)/\(digits)"
        doneShare = stepCount > 0 ? min(1, max(0, Double(doneCount) / Double(stepCount))) : 1
        self.times = times
        self.metrics = metrics
    }

    /// The line in at most `columns` columns: first the bar gives way, then the times, the last one
    /// first, and the metrics' long names; at last the line's end.
    func cut(toColumns columns: Int) -> String {
        let end = text(timeCount: times.count)
        let barWidth = min(Self.barWidthMax, columns - count.count - end.count - 2)
        if barWidth > 0 { return "\(count) \(bar(barWidth)) \(end)" }
        let shorter = (0...times.count).reversed().map { "\(count) \(text(timeCount: $0))" }
        let shortest = (0...times.count).reversed().map {
            ([count] + times.prefix($0)
                + metrics.map { Self.short($0.name) + " " + Self.text(of: $0) })
                .joined(separator: " ")
        }
        let fitting = (shorter + shortest).first { $0.count <= columns }
        return fitting ?? String((shortest.last ?? "").prefix(max(0, columns)))
    }

    /// What follows the bar, with the first few of the times.
    private func text(timeCount: Int) -> String {
        let shown = timeCount == 0 ? [] : [times.prefix(timeCount).joined(separator: " ")]
        return (shown + metrics.map { "\($0.name): \(Self.text(of: $0))" }).joined(separator: " - ")
    }

    private static func text(of metric: (name: String, Double)) -> String {
        DecimalText.metric(metric.1)
    }

    private static func short(_ name: String) -> String { name == "accuracy" ? "acc" : name }

    /// The line, folded before a metric where it is longer than `columns`.
    func folded(toColumns columns: Int) -> [String] {
        let clock = times.joined(separator: " ")
        var lines = ["\(count) \(bar(Self.barWidthMax)) \(clock)"]
        if lines[0].count > columns { lines[0] = "\(count) \(clock)" }
        for part in metrics.map({ "\($0.name): \(Self.text(of: $0))" }) {
            let extended = "\(lines[lines.count - 1]) - \(part)"
            if extended.count <= columns {
                lines[lines.count - 1] = extended
            } else {
                lines.append("  \(part)")
            }
        }
        return lines.map { String($0.prefix(max(0, columns))) }
    }

    /// Columns of the bar, as in Keras.
    private static let barWidthMax = 20

    /// Heavy for what is done, light for the rest.
    private func bar(_ width: Int) -> String {
        let doneWidth = Int(doneShare * Double(width))
        return String(repeating: "━", count: doneWidth)
            + String(repeating: "─", count: width - doneWidth)
    }

    /// 12s, 1:05 or 2:03:04, as Keras writes seconds.
    static func clock(_ seconds: Double) -> String {
        let total = Int(min(seconds, 1e9))
        let (hours, minutes, rest) = (total / 3_600, total / 60 % 60, total % 60)
        if hours > 0 { return "\(hours):\(padded(minutes)):\(padded(rest))" }
        return total > 60 ? "\(minutes):\(padded(rest))" : "\(rest + 60 * minutes)s"
    }

    /// 2s/step, 7ms/step or 310us/step, as Keras writes the time of a step.
    static func perStep(_ seconds: Double) -> String {
        if seconds >= 1 { return "\(DecimalText.fixed(seconds, places: 0))s/step" }
        if seconds >= 1e-3 { return "\(DecimalText.fixed(seconds * 1e3, places: 0))ms/step" }
        return "\(DecimalText.fixed(seconds * 1e6, places: 0))us/step"
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
