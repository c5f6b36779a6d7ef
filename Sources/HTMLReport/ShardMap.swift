import Reporting

/// An answer of a worker that counts: which shards of which step it computed.
package struct ShardAnswer: Equatable, Sendable {
    /// The step, from 1.
    package let step: Int
    /// The shards, from 0.
    package let shards: Range<Int>
    /// The worker, as the log names it.
    package let worker: String

    /// Describes an answer.
    package init(step: Int, shards: Range<Int>, worker: String) {
        self.step = step
        self.shards = shards
        self.worker = worker
    }
}

/// Who computed which shard in the last steps: a column a step, its shards from top to bottom.
struct ShardMap {
    /// The answers, oldest first.
    let answers: [ShardAnswer]
    /// The workers in the order of their colours.
    let workers: [String]

    /// As many steps are shown.
    static let stepCountMax = 40

    private static let (width, height, left, top) = (420.0, 150.0, 44.0, 8.0)

    /// The picture, or what stands in its place while there is no answer.
    var html: String {
        guard let last = answers.map(\.step).max() else {
            return "<p class=\"quiet\">no step has ended yet</p>"
        }
        let first = max(1, last - Self.stepCountMax + 1)
        let shown = answers.filter { $0.step >= first }
        let shardCount = max(1, shown.map(\.shards.upperBound).max() ?? 1)
        let squares = shown.map { square($0, from: first, shardCount) }.joined()
        let label = Markup.escaped(
            "who computed which shard of steps \(first) to \(last): \(shares(of: shown))"
        )
        return
            "<figure class=\"card\"><figcaption>Shards of the last steps <span class=\"quiet\">a column a step, \(DecimalText.grouped(shardCount)) shard\(shardCount == 1 ? "" : "s") each</span></figcaption><svg viewBox=\"0 0 \(Markup.coordinate(Self.width)) \(Markup.coordinate(Self.height + Self.top + 26))\" role=\"img\" aria-label=\"\(label)\">\(squares)\(axis(from: first, to: last, shardCount))</svg>\(legend(of: shown))</figure>"
    }

    private func square(_ answer: ShardAnswer, from first: Int, _ shardCount: Int) -> String {
        let columnWidth = (Self.width - Self.left) / Double(Self.stepCountMax)
        let rowHeight = Self.height / Double(shardCount)
        let x = Self.left + Double(answer.step - first) * columnWidth
        let y = Self.top + Double(answer.shards.lowerBound) * rowHeight
        let size = max(Double(answer.shards.count) * rowHeight - 1, 1)
        return
            "<rect class=\"\(colour(of: answer.worker))\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\" width=\"\(Markup.coordinate(columnWidth - 1))\" height=\"\(Markup.coordinate(size))\"><title>step \(answer.step), \(Self.text(of: answer.shards)): \(Markup.escaped(answer.worker))</title></rect>"
    }

    private static func text(of shards: Range<Int>) -> String {
        shards.count == 1
            ? "shard \(shards.lowerBound)"
            : "shards \(shards.lowerBound) to \(shards.upperBound - 1)"
    }

    private func axis(from first: Int, to last: Int, _ shardCount: Int) -> String {
        let y = Markup.coordinate(Self.top + Self.height + 16)
        let bottom = Markup.coordinate(Self.top + Self.height)
        let end = Markup.coordinate(Self.width)
        let start = Markup.coordinate(Self.left)
        let x = Markup.coordinate(Self.left - 6)
        return
            "<text x=\"\(start)\" y=\"\(y)\">step \(DecimalText.grouped(first))</text><text x=\"\(end)\" y=\"\(y)\" text-anchor=\"end\">\(DecimalText.grouped(last))</text><text x=\"\(x)\" y=\"\(Markup.coordinate(Self.top + 10))\" text-anchor=\"end\">0</text>"
            + (shardCount > 1
                ? "<text x=\"\(x)\" y=\"\(bottom)\" text-anchor=\"end\">\(shardCount - 1)</text>"
                : "")
    }

    private func legend(of shown: [ShardAnswer]) -> String {
        let entries = workers.filter { name in shown.contains { $0.worker == name } }.map {
            "<li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\"><rect class=\"\(colour(of: $0))\" width=\"24\" height=\"8\"/></svg>\(Markup.escaped($0))</li>"
        }
        return "<ul class=\"legend\">\(entries.joined())</ul>"
    }

    private func shares(of shown: [ShardAnswer]) -> String {
        let total = max(1, shown.reduce(0) { $0 + $1.shards.count })
        return workers.compactMap { name in
            let count = shown.filter { $0.worker == name }.reduce(0) { $0 + $1.shards.count }
            let percent = DecimalText.fixed(100 * Double(count) / Double(total), places: 0)
            return count == 0 ? nil : "\(name) \(percent) %"
        }.joined(separator: ", ")
    }

    private func colour(of worker: String) -> String {
        "f\((workers.firstIndex(of: worker) ?? 0) % PageStyle.colourCount)"
    }
}
