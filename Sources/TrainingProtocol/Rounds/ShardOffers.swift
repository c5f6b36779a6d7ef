/// What of a round is still to be leased.
///
/// Each worker has a queue of its own, a contiguous span of shards. Of equal spans, with a power of
/// two of workers, each is one subtree and costs one gradient a step; unequal ones are several
/// subtrees, and pay off only where workers differ enough. A worker that has nothing left to
/// compute takes from the longest queue; what a lost worker held goes to whoever is free first.
struct ShardOffers: Equatable, Sendable {
    /// A worker's share that was not leased yet, in order.
    private struct Queue: Equatable, Sendable {
        var worker: WorkerID
        var subtrees: [Subtree] = []
    }

    private var queues: [Queue] = []
    /// What is nobody's share.
    private var orphans: [Subtree] = []

    /// Forgets the round before and divides another in proportion to what its workers have shown,
    /// to whole shards, and to pairs of them and more where each worker has 32 and more.
    mutating func begin(_ shape: RoundShape, among shares: [RoundShare]) {
        orphans.removeAll(keepingCapacity: true)
        if queues.count > shares.count { queues.removeLast(queues.count - shares.count) }
        let shardCount = shape.shardCount
        let ownCount = shardCount - shape.firstShard
        let weighing = Weighing(shares, shardCount: ownCount)
        var weight = 0
        var first = shape.firstShard
        for (index, share) in shares.enumerated() {
            weight += weighing.weight(of: share)
            let end = shape.firstShard + weighing.shardCount(of: weight)
            if index == queues.count { queues.append(Queue(worker: share.worker)) }
            queues[index].worker = share.worker
            queues[index].subtrees.removeAll(keepingCapacity: true)
            let own = first..<end
            shape.cover(own, levelMax: shape.levelMax, into: &queues[index].subtrees)
            first = end
        }
        if shares.isEmpty {
            shape.cover(first..<shardCount, levelMax: shape.levelMax, into: &orphans)
        }
    }

    /// Whether everything is leased.
    var isEmpty: Bool { orphans.isEmpty && queues.allSatisfy { $0.subtrees.isEmpty } }

    /// Whether `worker` is to get shards of its own.
    func hasShare(of worker: WorkerID) -> Bool {
        queues.contains { $0.worker == worker && !$0.subtrees.isEmpty }
    }

    /// Whether a shard is still to be leased.
    func include(_ shard: Int, of shape: RoundShape) -> Bool {
        shape.isAny(of: orphans, around: shard)
            || queues.contains { shape.isAny(of: $0.subtrees, around: shard) }
    }

    /// Takes out the next subtree for `worker`: one that a lost worker held, one of its own share,
    /// one of the longest other share.
    ///
    /// - Parameter helpsOthers: whether it may take of another's share. Whoever is still computing
    ///   may not: leased ahead of time, a share of many subtrees would go to those who have few.
    mutating func take(for worker: WorkerID, helpsOthers: Bool) -> Subtree? {
        if !orphans.isEmpty { return orphans.removeFirst() }
        if let own = queues.firstIndex(where: { $0.worker == worker && !$0.subtrees.isEmpty }) {
            return queues[own].subtrees.removeFirst()
        }
        guard helpsOthers,
            let longest = queues.indices.max(by: {
                queues[$0].subtrees.count < queues[$1].subtrees.count
            })
        else { return nil }
        return queues[longest].subtrees.popLast()
    }

    /// Takes out a lost worker's share.
    mutating func takeShare(of worker: WorkerID) -> [Subtree] {
        guard let index = queues.firstIndex(where: { $0.worker == worker }) else { return [] }
        return queues.remove(at: index).subtrees
    }

    /// Offers shards of a lease that was lost to whoever is free first, divided among `heirCount`
    /// workers.
    mutating func offer(
        _ shards: [Int],
        of lost: Subtree,
        in shape: RoundShape,
        heirCount: Int
    ) {
        var levelMax = lost.level
        while heirCount << levelMax > max(shards.count, heirCount) { levelMax -= 1 }
        for run in Self.runs(of: shards) {
            shape.cover(run, levelMax: levelMax, into: &orphans)
        }
    }

    /// Takes what was computed out, where a late answer has brought a part of what is offered.
    mutating func withdraw(_ shards: Range<Int>, _ answers: RoundAnswers, in shape: RoundShape) {
        if shape.isAny(of: orphans, in: shards) {
            orphans = orphans.flatMap { Self.missingParts(of: $0, answers, in: shape) }
        }
        for index in queues.indices where shape.isAny(of: queues[index].subtrees, in: shards) {
            queues[index].subtrees = queues[index].subtrees.flatMap {
                Self.missingParts(of: $0, answers, in: shape)
            }
        }
    }

    private static func missingParts(
        of subtree: Subtree,
        _ answers: RoundAnswers,
        in shape: RoundShape
    ) -> [Subtree] {
        let shards = shape.shards(of: subtree)
        if !answers.hasAny(of: shards) { return [subtree] }
        var parts: [Subtree] = []
        for run in runs(of: shards.filter { !answers.has($0) }) {
            shape.cover(run, levelMax: shape.levelMax, into: &parts)
        }
        return parts
    }

    /// Rising numbers as ranges of neighbours.
    private static func runs(of shards: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for shard in shards {
            if let last = runs.last, last.upperBound == shard {
                runs[runs.count - 1] = last.lowerBound..<shard + 1
            } else {
                runs.append(shard..<shard + 1)
            }
        }
        return runs
    }
}

/// How shards are divided by weight.
private struct Weighing {
    private let shardCount: Int
    /// How many of them each worker has if all have as many.
    private let equalCount: Int
    private let heaviest: Int
    private var total = 0

    init(_ shares: [RoundShare], shardCount: Int) {
        self.shardCount = shardCount
        equalCount = shardCount / max(shares.count, 1)
        heaviest = shares.lazy.map(\.weight).max() ?? 1
        total = shares.reduce(0) { $0 + weight(of: $1) }
    }

    /// The weight that counts: the heaviest, where a worker is so little slower that in its time
    /// for an equal share the fastest would do at most four shards more, and at most half as many
    /// again. Unequal shares would save no more than their further gradients cost.
    func weight(of share: RoundShare) -> Int {
        let isNearlyAsFast =
            share.weight * (equalCount + 4) >= heaviest * equalCount
            && share.weight * 3 >= heaviest * 2
        return isNearlyAsFast ? heaviest : share.weight
    }

    /// The shards of workers that have this weight together: all, or a multiple of the greatest power
    /// of two that is no more than a sixteenth of an equal share, so that subtrees are few.
    func shardCount(of weight: Int) -> Int {
        guard weight < total else { return shardCount }
        var grain = 1
        while grain * 32 <= equalCount { grain *= 2 }
        return (weight * shardCount + total * grain / 2) / (total * grain) * grain
    }
}
