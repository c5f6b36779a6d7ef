/// What is there of a round: which shards, by whose word, and what is yet to be compared.
struct RoundAnswers: Equatable, Sendable {
    private var isComputed: [Bool] = []
    private(set) var pendingShardCount = 0
    /// Subtrees whose first answer waits to be compared with a second.
    private(set) var unverified: [FirstAnswer] = []
    /// Whose answers, or early segments of them, were taken.
    private(set) var contributors: [WorkerID] = []
    /// Answers that were taken and that nobody's second answer has confirmed.
    private(set) var soleAnswers: [FirstAnswer] = []

    /// Forgets the round before and begins one of `shardCount` shards, of which those before
    /// `firstShard` are another's.
    mutating func begin(shardCount: Int, from firstShard: Int = 0) {
        pendingShardCount = shardCount - firstShard
        isComputed.removeAll(keepingCapacity: true)
        isComputed.append(contentsOf: repeatElement(true, count: firstShard))
        isComputed.append(contentsOf: repeatElement(false, count: pendingShardCount))
        unverified.removeAll(keepingCapacity: true)
        contributors.removeAll(keepingCapacity: true)
        soleAnswers.removeAll(keepingCapacity: true)
    }

    /// Whether every shard was computed, and compared where it was to be.
    var areComplete: Bool { pendingShardCount == 0 && unverified.isEmpty }

    /// Whether a shard was computed.
    func has(_ shard: Int) -> Bool { isComputed[shard] }

    /// Whether any of `shards` was computed.
    func hasAny(of shards: Range<Int>) -> Bool { shards.contains { isComputed[$0] } }

    /// Whether all of `shards` were computed.
    func hasAll(of shards: Range<Int>) -> Bool { shards.allSatisfy { isComputed[$0] } }

    /// Who gave the answer of a subtree that waits for a second.
    func firstWorker(of subtree: Subtree) -> WorkerID? {
        unverified.first { $0.subtree == subtree }?.worker
    }

    /// Notes an answer of shards none of which was computed.
    ///
    /// - Parameter isAwaitingSecond: whether it does not count before it was compared.
    mutating func take(
        _ answer: FirstAnswer,
        of shards: Range<Int>,
        isAwaitingSecond: Bool
    ) {
        for shard in shards { isComputed[shard] = true }
        pendingShardCount -= shards.count
        noteContributor(answer.worker)
        soleAnswers.append(answer)
        if isAwaitingSecond { unverified.append(answer) }
    }

    /// Notes that something of a worker has gone into the round.
    mutating func noteContributor(_ worker: WorkerID) {
        if !contributors.contains(worker) { contributors.append(worker) }
    }

    /// Notes that the first answer of a subtree was compared with a second one.
    mutating func settle(_ subtree: Subtree) {
        unverified.removeAll { $0.subtree == subtree }
        soleAnswers.removeAll { $0.subtree == subtree }
    }
}
