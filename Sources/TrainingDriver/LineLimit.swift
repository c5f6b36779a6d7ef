/// How often the log may tell of what happens again and again: once in ten seconds for each kind,
/// with how often it has happened.
package struct LineLimit {
    /// How often each kind has happened.
    package private(set) var counts: [String: Int] = [:]

    /// How often each kind had happened when it was told of last.
    private var toldCounts: [String: Int] = [:]

    private var nextLines: [String: Duration] = [:]

    /// A kind that goes on is told of so often.
    package static let pause = Duration.seconds(10)

    /// Has counted nothing yet.
    package init() {}

    /// Counts one, and returns what to tell of it; nil as long as its kind was told of just now.
    package mutating func note(_ text: String, ofKind kind: String, at now: Duration) -> String? {
        counts[kind, default: 0] += 1
        if let next = nextLines[kind], now < next { return nil }
        nextLines[kind] = now + Self.pause
        let count = counts[kind, default: 0]
        toldCounts[kind] = count
        return count == 1 ? text : "\(text) (\(count) times so far)"
    }

    /// How many of a kind there were in all, if some came after it was told of last.
    package func countUntold(ofKind kind: String) -> Int? {
        let count = counts[kind, default: 0]
        return count > toldCounts[kind, default: 0] ? count : nil
    }
}
