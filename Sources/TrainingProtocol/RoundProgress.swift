/// Who computes which shards of one round: what is still to be leased, what is leased, what is
/// done.
///
/// Each worker has a queue of its own, a contiguous span of shards, so that with a power of two of
/// workers every span is one subtree and costs one gradient a step. A worker that runs out takes
/// from the longest
/// queue; what a lost worker held goes to whoever is free first. None of it can change a result.
struct RoundProgress: Equatable, Sendable {
    /// A worker's right to compute a subtree.
    struct Lease: Equatable, Sendable {
        let subtree: Subtree
        let worker: WorkerID
    }

    /// A worker's share that was not leased yet, in order.
    private struct Queue: Equatable, Sendable {
        let worker: WorkerID
        var subtrees: [Subtree]
    }

    let round: Round
    let version: Int
    let shardCount: Int
    private(set) var leases: [Lease] = []
    private var queues: [Queue] = []
    private var orphans: [Subtree] = []
    private var pendingShardCount: Int

    /// Divides a round among `workers` as evenly as whole shards allow.
    ///
    /// - Parameter version: the version of the parameters that the round is computed with.
    init(round: Round, version: Int, shardCount: Int, workers: [WorkerID]) {
        self.round = round
        self.version = version
        self.shardCount = shardCount
        pendingShardCount = shardCount
        let levelMax = round.isTraining ? Self.trainingLevelMax : Self.evaluationLevelMax
        for (order, worker) in workers.enumerated() {
            let first = order * shardCount / workers.count
            let end = (order + 1) * shardCount / workers.count
            let subtrees = Subtree.cover(first..<end, of: shardCount, levelMax: levelMax)
            queues.append(Queue(worker: worker, subtrees: subtrees))
        }
        if workers.isEmpty {
            orphans = Subtree.cover(0..<shardCount, of: shardCount, levelMax: levelMax)
        }
    }

    /// 2⁶ · 16 samples of 785 bytes: the largest message that leases work is 804 kB.
    private static let trainingLevelMax = 6

    /// 2⁴ · 16 = 256 samples a lease: small enough to balance, large enough that messages cost
    /// little.
    private static let evaluationLevelMax = 4

    /// Whether every shard was computed.
    var isComplete: Bool { pendingShardCount == 0 }

    /// How many leases `worker` holds.
    func leaseCount(of worker: WorkerID) -> Int {
        leases.count { $0.worker == worker }
    }

    /// Leases the next subtree to `worker`: one that a lost worker held, one of its own share, one
    /// of the longest other share.
    mutating func lease(to worker: WorkerID) -> Subtree? {
        guard let subtree = nextSubtree(for: worker) else { return nil }
        leases.append(Lease(subtree: subtree, worker: worker))
        return subtree
    }

    /// Takes the answer for a subtree off what is missing, whoever computed it: a worker that was
    /// given up for lost computes the same.
    ///
    /// - Returns: false if it is not missing: the answer is a second one, or was never asked for.
    mutating func complete(_ work: Work) -> Bool {
        guard work.round == round, work.version == version, remove(work.subtree) else {
            return false
        }
        pendingShardCount -= work.subtree.shards(of: shardCount).count
        return true
    }

    private mutating func remove(_ subtree: Subtree) -> Bool {
        if let index = leases.firstIndex(where: { $0.subtree == subtree }) {
            leases.remove(at: index)
            return true
        }
        if let index = orphans.firstIndex(of: subtree) {
            orphans.remove(at: index)
            return true
        }
        for queue in queues.indices {
            guard let index = queues[queue].subtrees.firstIndex(of: subtree) else { continue }
            queues[queue].subtrees.remove(at: index)
            return true
        }
        return false
    }

    /// Gives up all that a lost worker held or was to get.
    mutating func release(_ worker: WorkerID) {
        orphans += leases.filter { $0.worker == worker }.map(\.subtree)
        leases.removeAll { $0.worker == worker }
        if let index = queues.firstIndex(where: { $0.worker == worker }) {
            orphans += queues.remove(at: index).subtrees
        }
    }

    private mutating func nextSubtree(for worker: WorkerID) -> Subtree? {
        if !orphans.isEmpty { return orphans.removeFirst() }
        if let own = queues.firstIndex(where: { $0.worker == worker && !$0.subtrees.isEmpty }) {
            return queues[own].subtrees.removeFirst()
        }
        guard
            let longest = queues.indices.max(by: {
                queues[$0].subtrees.count < queues[$1].subtrees.count
            })
        else { return nil }
        return queues[longest].subtrees.popLast()
    }
}
