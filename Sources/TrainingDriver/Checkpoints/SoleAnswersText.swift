import TrainingProtocol

/// How a checkpoint's metadata holds what only one worker's word stands for.
extension SoleAnswers {
    /// `8d3b149e00000001:0-99,120-180`: the worker's number, then its steps from 0, each range with
    /// its last.
    var text: String {
        let ranges = steps.ranges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }
        return String(worker.rawValue, radix: 16) + ":" + ranges.joined(separator: ",")
    }

    /// Reads such a text; nil if it is none.
    init?(text: Substring) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt64(parts[0], radix: 16) else { return nil }
        let ranges = parts[1].split(separator: ",").map(Self.range)
        let known = ranges.compactMap { $0 }
        guard known.count == ranges.count, let steps = StepRanges(known) else { return nil }
        self.init(worker: WorkerID(rawValue: number), steps: steps)
    }

    private static func range(of text: Substring) -> Range<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0,
            first <= last, last < Int.max
        else { return nil }
        return first..<last + 1
    }
}
