import TrainingProtocol

/// The latest answers that count, in memory that is asked for once.
struct RecentAnswers: Sendable {
    /// One of them.
    struct Answer: Sendable {
        let step: Int
        let shards: Range<Int>
        let worker: WorkerID
    }

    private static let countMax = 512

    private var ring: [Answer] = []
    private var nextIndex = 0

    init() { ring.reserveCapacity(Self.countMax) }

    /// Notes one, for which the oldest goes where there are many.
    mutating func note(_ answer: Answer) {
        if ring.count < Self.countMax {
            ring.append(answer)
        } else {
            ring[nextIndex] = answer
        }
        nextIndex = (nextIndex + 1) % Self.countMax
    }

    /// They, oldest first.
    var inOrder: [Answer] {
        ring.count < Self.countMax ? ring : Array(ring[nextIndex...] + ring[..<nextIndex])
    }
}
