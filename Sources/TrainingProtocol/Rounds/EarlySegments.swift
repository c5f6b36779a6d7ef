/// The fully connected segments of a round that come ahead of their answers.
struct EarlySegments: Equatable, Sendable {
    /// Those that are there, for as long as they are all that is there of their shards.
    private var segments: [FirstAnswer] = []
    /// Whether every shard's segment was there, and has been applied.
    private var areApplied = false

    /// Those that have gone into the step: nothing confirms them, since the answers that follow are
    /// what others' answers are compared with.
    var applied: [FirstAnswer] { areApplied ? segments : [] }

    /// Forgets the round before.
    mutating func begin() {
        segments.removeAll(keepingCapacity: true)
        areApplied = false
    }

    /// Takes the segment of an answer that is to come, unless its shards have one.
    mutating func take(_ subtree: Subtree, from worker: WorkerID, in shape: RoundShape) -> Bool {
        let shards = shape.shards(of: subtree)
        guard !areApplied, !shards.isEmpty,
            !segments.contains(where: { shape.shards(of: $0.subtree).overlaps(shards) })
        else { return false }
        segments.append(FirstAnswer(subtree: subtree, worker: worker))
        return true
    }

    /// Drops those of shards that are answered: the answer has the segment too.
    mutating func drop(_ shards: Range<Int>, in shape: RoundShape) {
        guard !areApplied else { return }
        segments.removeAll { shape.shards(of: $0.subtree).overlaps(shards) }
    }

    /// Notes, once, that every shard has its segment before the round is complete; tells whether
    /// that is so now.
    ///
    /// - Parameter pendingShardCount: how many shards have no answer.
    mutating func complete(_ pendingShardCount: Int, in shape: RoundShape) -> Bool {
        guard !areApplied, pendingShardCount > 0 else { return false }
        let shardCount = segments.reduce(0) { $0 + shape.shardCount(of: $1.subtree) }
        areApplied = shardCount == pendingShardCount
        return areApplied
    }

    /// Whose segments were applied for some of a subtree's shards.
    func workersApplied(of subtree: Subtree, in shape: RoundShape) -> [WorkerID] {
        let shards = shape.shards(of: subtree)
        return applied.filter { shape.shards(of: $0.subtree).overlaps(shards) }.map(\.worker)
    }
}
