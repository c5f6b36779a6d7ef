/// Finds the name that was probably meant.
package enum NearestName {
    /// The candidate with the fewest edits from `name`, the first of equals, and that number.
    ///
    /// Case, `-` and `_` count for nothing, so that `batch_size` is `batchSize` spelled otherwise.
    ///
    /// - Precondition: there is a candidate.
    static func find(_ name: String, among candidates: [String]) -> (name: String, edits: Int) {
        precondition(!candidates.isEmpty, "no candidates to compare \(name) with")
        let wanted = letters(of: name)
        let ranked = candidates.map { (name: $0, edits: edits(wanted, letters(of: $0))) }
        return ranked.reduce(ranked[0]) { $1.edits < $0.edits ? $1 : $0 }
    }

    /// The candidate that `name` may be a slip of the hand for, or a part of; nil if there is none.
    ///
    /// A slip changes one letter of three at most, of a short name one. A part is the start or the
    /// end of the candidate, or the other way around, as in `rate` for `learningRate` and
    /// `num_workers` for `workers`.
    package static func suggestion(for name: String, among candidates: [String]) -> String? {
        guard !candidates.isEmpty else { return nil }
        let nearest = find(name, among: candidates)
        let wanted = letters(of: name)
        if nearest.edits <= max(1, wanted.count / 3), nearest.edits < wanted.count {
            return nearest.name
        }
        return candidates.first { isPart(wanted, of: letters(of: $0)) }
            ?? candidates.first { isPart(letters(of: $0), of: wanted) }
    }

    private static let partLengthMin = 3

    private static func isPart(_ part: [UInt8], of whole: [UInt8]) -> Bool {
        part.count >= partLengthMin
            && (whole.starts(with: part) || whole.reversed().starts(with: part.reversed()))
    }

    private static func letters(of name: String) -> [UInt8] {
        name.prefix(64).lowercased().utf8.filter {
            $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-")
        }
    }

    /// The least number of insertions, deletions, replacements and swaps of neighbours (Damerau
    /// 1964, restricted to one edit a place).
    private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var previous = [Int](repeating: 0, count: right.count + 1)
        var current = Array(0...right.count)
        for row in 0..<left.count {
            let before = previous
            previous = current
            current[0] = row + 1
            for column in 0..<right.count {
                let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
                var least = min(replaced, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    least = min(least, before[column - 1] + 1)
                }
                current[column + 1] = least
            }
        }
        return current[right.count]
    }
}
