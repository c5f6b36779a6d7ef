/// A set of optimizer steps, as ranges in rising order: small while steps follow each other.
package struct StepRanges: Hashable, Sendable {
    /// The ranges, rising, with a gap between any two.
    package private(set) var ranges: [Range<Int>] = []

    /// Beyond this number of ranges the smallest gap is closed: the set then names more steps than
    /// it was given, never fewer.
    private static let rangeCountMax = 1_024

    /// Has no step.
    package init() {}

    /// Has the steps of `ranges`.
    ///
    /// - Returns: nil if they do not rise, if one is empty, or if one begins below 0.
    package init?(_ ranges: [Range<Int>]) {
        var end = -1
        for range in ranges {
            guard range.lowerBound > end, !range.isEmpty else { return nil }
            end = range.upperBound
        }
        self.ranges = ranges
    }

    /// The first step; nil if there is none.
    package var first: Int? { ranges.first?.lowerBound }

    /// How many steps there are.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Whether a step is among them.
    package func contains(_ step: Int) -> Bool { ranges.contains { $0.contains(step) } }

    /// Adds a step that is no earlier than any that is there.
    mutating func append(_ step: Int) {
        guard let last = ranges.last, last.upperBound >= step else {
            ranges.append(step..<step + 1)
            if ranges.count > Self.rangeCountMax { closeSmallestGap() }
            return
        }
        guard last.upperBound == step else { return }
        ranges[ranges.count - 1] = last.lowerBound..<step + 1
    }

    /// Takes a step out.
    mutating func remove(_ step: Int) {
        guard let index = ranges.lastIndex(where: { $0.contains(step) }) else { return }
        let range = ranges[index]
        let parts = [range.lowerBound..<step, step + 1..<range.upperBound]
        ranges.replaceSubrange(index...index, with: parts.filter { !$0.isEmpty })
    }

    private mutating func closeSmallestGap() {
        let index = ranges.indices.dropLast().min { left, right in
            ranges[left + 1].lowerBound - ranges[left].upperBound
                < ranges[right + 1].lowerBound - ranges[right].upperBound
        }
        guard let index else { return }
        let joined = ranges[index].lowerBound..<ranges[index + 1].upperBound
        ranges.replaceSubrange(index...index + 1, with: [joined])
    }
}
