/// One drawing of an epoch's line.
struct ProgressLine {
    private let count: String
    private let doneShare: Double
    private let tail: [String]

    /// Takes what the line shows; `times` follow the bar, `metrics` the times.
    init(doneCount: Int, stepCount: Int, times: [String], metrics: [(name: String, Double)]) {
        let digits = "\(stepCount)"
        let done = "\(doneCount)"
        count =
            String(repeating: " ", count: max(0, digits.count - done.count)) + "\(done)/\(digits)"
        doneShare = stepCount > 0 ? min(1, max(0, Double(doneCount) / Double(stepCount))) : 1
        tail =
            [times.joined(separator: " ")]
            + metrics.map { "\($0.name): \(DecimalText.metric($0.1))" }
    }

    /// The line in at most `columns` columns: first the bar gives way, then the line's end.
    func cut(toColumns columns: Int) -> String {
        let end = tail.joined(separator: " - ")
        let free = columns - count.count - end.count - 2
        let barWidth = min(Self.barWidthMax, free)
        let whole = barWidth > 0 ? "\(count) \(bar(barWidth)) \(end)" : "\(count) \(end)"
        return String(whole.prefix(max(0, columns)))
    }

    /// The line, folded before a metric where it is longer than `columns`.
    func folded(toColumns columns: Int) -> [String] {
        var lines = ["\(count) \(bar(Self.barWidthMax)) \(tail[0])"]
        if lines[0].count > columns { lines[0] = "\(count) \(tail[0])" }
        for part in tail.dropFirst() {
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
