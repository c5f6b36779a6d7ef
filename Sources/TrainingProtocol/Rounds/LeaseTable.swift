/// Who is leased what of a round, and what is to be leased a second time.
///
/// The same shards may be leased to several workers: the first answer counts.
struct LeaseTable: Equatable, Sendable {
    /// Who was ever leased what.
    private struct Grant: Hashable {
        let subtree: Subtree
        let worker: WorkerID
    }

    /// Those that have something left to bring, oldest first.
    private(set) var leases: [Lease] = []
    /// Only looked up, never gone through: its order means nothing.
    private var grants: Set<Grant> = []
    /// Subtrees that another worker than their first is to compute, not leased yet.
    private(set) var seconds: [Subtree] = []

    /// Forgets the round before.
    mutating func begin() {
        leases.removeAll(keepingCapacity: true)
        grants.removeAll(keepingCapacity: true)
        seconds.removeAll(keepingCapacity: true)
    }

    /// How many leases `worker` holds.
    func leaseCount(of worker: WorkerID) -> Int {
        leases.count { $0.worker == worker }
    }

    /// The oldest lease of `worker`; nil if it holds none.
    func firstLease(of worker: WorkerID) -> Int? {
        leases.firstIndex { $0.worker == worker }
    }

    /// Whether the time of one of a worker's leases has started.
    func isBegun(by worker: WorkerID) -> Bool {
        leases.contains { $0.worker == worker && $0.deadline != nil }
    }

    /// Leases a subtree to `worker`, even if others hold it too.
    mutating func lease(_ subtree: Subtree, to worker: WorkerID) {
        leases.append(Lease(subtree: subtree, worker: worker))
        grants.insert(Grant(subtree: subtree, worker: worker))
    }

    /// Leases what is to be computed a second time to `worker`, if it can do that.
    mutating func leaseSecond(to worker: WorkerID, _ answers: RoundAnswers) -> Subtree? {
        let second = seconds.firstIndex { canCompute(worker, second: $0, answers) }
        guard let second else { return nil }
        let subtree = seconds.remove(at: second)
        lease(subtree, to: worker)
        return subtree
    }

    /// Whether there is something to be computed a second time that `worker` can be leased.
    func offersSecond(to worker: WorkerID, _ answers: RoundAnswers) -> Bool {
        seconds.contains { canCompute(worker, second: $0, answers) }
    }

    private func canCompute(
        _ worker: WorkerID,
        second subtree: Subtree,
        _ answers: RoundAnswers
    ) -> Bool {
        !isHeld(subtree, by: worker) && answers.firstWorker(of: subtree) != worker
    }

    /// Has a subtree computed by one more worker.
    mutating func askSecond(of subtree: Subtree) {
        if !seconds.contains(subtree) { seconds.append(subtree) }
    }

    /// Whether `worker` was ever leased just this subtree.
    func granted(_ subtree: Subtree, to worker: WorkerID) -> Bool {
        grants.contains(Grant(subtree: subtree, worker: worker))
    }

    /// Whether `worker` has a lease of just this subtree.
    func isHeld(_ subtree: Subtree, by worker: WorkerID) -> Bool {
        leases.contains { $0.subtree == subtree && $0.worker == worker }
    }

    /// Whether another than `worker` has a lease of just this subtree.
    func isHeld(_ subtree: Subtree, byOtherThan worker: WorkerID) -> Bool {
        leases.contains { $0.subtree == subtree && $0.worker != worker }
    }

    /// Whether a lease has a shard.
    func include(_ shard: Int, of shape: RoundShape) -> Bool {
        leases.contains { shape.shards(of: $0.subtree).contains(shard) }
    }

    /// Starts, or starts again, the time that a lease may take.
    mutating func allow(_ allowance: Duration, for lease: Int, at now: Duration) {
        leases[lease].deadline = now + allowance
        leases[lease].allowance = allowance
    }

    /// Notes that a lease has taken longer than it may.
    mutating func markOverdue(_ lease: Int) { leases[lease].isOverdue = true }

    /// Ends the leases that have nothing left to bring, and returns those of which another answer
    /// has brought a part.
    ///
    /// Such leases overlap where a lost worker's subtree was divided among others and it comes
    /// back, or where its second computation is leased as a whole. No answer of the whole can be
    /// taken any more: as long as it counted as leased, the rest of it was nobody's, and the round
    /// stood still.
    mutating func close(_ answers: RoundAnswers, in shape: RoundShape) -> [Subtree] {
        var openCount = 0
        var divided: [Subtree] = []
        for index in leases.indices {
            let lease = leases[index]
            let shards = shape.shards(of: lease.subtree)
            let first = answers.firstWorker(of: lease.subtree)
            // It has to bring a missing shard, or an answer to compare.
            if first.map({ $0 != lease.worker }) ?? !answers.hasAny(of: shards) {
                leases[openCount] = lease
                openCount += 1
            } else if first == nil, !answers.hasAll(of: shards) {
                divided.append(lease.subtree)
            }
        }
        leases.removeLast(leases.count - openCount)
        return divided
    }

    /// Has no second answer computed of what is there in part, by other answers.
    mutating func withdrawSeconds(
        _ shards: Range<Int>,
        _ answers: RoundAnswers,
        in shape: RoundShape
    ) {
        guard shape.isAny(of: seconds, in: shards) else { return }
        seconds = seconds.filter {
            answers.firstWorker(of: $0) != nil || !answers.hasAny(of: shape.shards(of: $0))
        }
    }

    /// Ends all that was leased or to be leased of a subtree.
    mutating func settle(_ subtree: Subtree) {
        seconds.removeAll { $0 == subtree }
        leases.removeAll { $0.subtree == subtree }
    }

    /// Ends all leases of a lost worker, and returns what it held.
    mutating func release(_ worker: WorkerID) -> [Subtree] {
        let lost = leases.filter { $0.worker == worker }.map(\.subtree)
        leases.removeAll { $0.worker == worker }
        return lost
    }

    /// Sees to the second answer of a subtree that was lost.
    mutating func releaseSecond(of subtree: Subtree, _ answers: RoundAnswers) {
        let isAwaited = answers.firstWorker(of: subtree) != nil
        let isHeld = leases.contains { $0.subtree == subtree }
        // Its parts are leased by themselves, and may be compared by themselves.
        if !isAwaited, !isHeld { seconds.removeAll { $0 == subtree } }
        if isAwaited, !isHeld { askSecond(of: subtree) }
    }
}
