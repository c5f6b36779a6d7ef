/// Who computes which shards of one round: what is still to be leased, what is leased, what is
/// done.
///
/// Each worker has a queue of its own, a contiguous span of shards, so that with a power of two of
/// workers every span is one subtree and costs one gradient a step. A worker that runs out takes
/// from the longest queue; what a lost worker held goes to whoever is free first. The same shards
/// may be leased to several workers: the first answer counts. None of it can change a result.
///
/// One value serves round after round, so that its arrays keep their memory.
struct RoundProgress: Equatable, Sendable {
    /// A worker's part of a round, in proportion to the others' weights.
    struct Share: Equatable, Sendable {
        let worker: WorkerID
        let weight: Int
    }

    /// Who was the first to answer a subtree.
    struct FirstAnswer: Equatable, Sendable {
        let subtree: Subtree
        let worker: WorkerID
    }

    /// What an answer is to the round.
    enum Taking: Equatable, Sendable {
        /// Of another round, or of shards that are there already.
        case unneeded
        /// The first one of its shards; if it `isContested`, another is expected.
        case first(isContested: Bool)
        /// The second one that the round waits for; the worker gave the first.
        case second(after: WorkerID)
    }

    /// A worker's share that was not leased yet, in order.
    struct Queue: Equatable, Sendable {
        var worker: WorkerID
        var subtrees: [Subtree] = []
    }

    /// Who was ever leased what.
    private struct Grant: Hashable {
        let subtree: Subtree
        let worker: WorkerID
    }

    private(set) var round = Round.test
    private(set) var version = 0
    private(set) var shardCount = 0
    private(set) var leases: [Lease] = []
    /// Only looked up, never gone through: its order means nothing.
    private var grants: Set<Grant> = []
    private(set) var queues: [Queue] = []
    private(set) var orphans: [Subtree] = []
    private(set) var isComputed: [Bool] = []
    private(set) var pendingShardCount = 0
    let verification: Verification
    /// Subtrees that another worker than their first is to compute, not leased yet.
    private(set) var seconds: [Subtree] = []
    /// Subtrees whose first answer waits to be compared with a second.
    private(set) var unverified: [FirstAnswer] = []
    /// Whose answers, or early segments of them, were taken.
    var contributors: [WorkerID] = []
    /// Answers that were taken and that nobody's second answer has confirmed.
    private(set) var soleAnswers: [FirstAnswer] = []
    /// Subtrees whose fully connected segment is there ahead of their answer.
    var earlySegments: [FirstAnswer] = []
    /// Whether every shard's fully connected segment was there, and has been applied.
    var areEarlySegmentsApplied = false

    /// Has no round yet.
    init(verification: Verification) { self.verification = verification }

    /// Forgets the round before and divides another in proportion to what its workers have shown,
    /// to whole shards.
    ///
    /// - Parameter position: how far the run has come when the round begins, which tells the
    ///   version of the parameters that it is computed with.
    mutating func begin(
        _ round: Round,
        at position: Position,
        in schedule: Schedule,
        shares: [Share]
    ) {
        self.round = round
        version = position.completedStepCount
        shardCount = schedule.shardCount(of: round)
        pendingShardCount = shardCount
        isComputed.removeAll(keepingCapacity: true)
        isComputed.append(contentsOf: repeatElement(false, count: shardCount))
        leases.removeAll(keepingCapacity: true)
        grants.removeAll(keepingCapacity: true)
        orphans.removeAll(keepingCapacity: true)
        seconds.removeAll(keepingCapacity: true)
        unverified.removeAll(keepingCapacity: true)
        contributors.removeAll(keepingCapacity: true)
        soleAnswers.removeAll(keepingCapacity: true)
        earlySegments.removeAll(keepingCapacity: true)
        areEarlySegmentsApplied = false
        divide(among: shares)
    }

    private mutating func divide(among shares: [Share]) {
        if queues.count > shares.count { queues.removeLast(queues.count - shares.count) }
        let total = shares.reduce(0) { $0 + $1.weight }
        var weight = 0
        var first = 0
        for (index, share) in shares.enumerated() {
            weight += share.weight
            let end = (weight * shardCount + total / 2) / total
            if index == queues.count { queues.append(Queue(worker: share.worker)) }
            queues[index].worker = share.worker
            queues[index].subtrees.removeAll(keepingCapacity: true)
            let own = first..<end
            Subtree.cover(own, of: shardCount, levelMax: levelMax, into: &queues[index].subtrees)
            first = end
        }
        if shares.isEmpty {
            Subtree.cover(0..<shardCount, of: shardCount, levelMax: levelMax, into: &orphans)
        }
    }

    /// 2⁶ · 16 samples of 785 bytes: the largest message that leases work is 804 kB.
    private static let trainingLevelMax = 6

    /// 2⁴ · 16 = 256 samples a lease: small enough to balance, large enough that messages cost
    /// little.
    private static let evaluationLevelMax = 4

    private var levelMax: Int {
        round.isTraining ? Self.trainingLevelMax : Self.evaluationLevelMax
    }

    /// Whether every shard was computed, and compared where it was to be.
    var isComplete: Bool { pendingShardCount == 0 && unverified.isEmpty }

    /// Whether `worker` is to get shards of its own.
    func hasShare(_ worker: WorkerID) -> Bool {
        queues.contains { $0.worker == worker && !$0.subtrees.isEmpty }
    }

    /// How many answers are missing, if all their shards are leased; nil if not.
    var missingAnswerCount: Int? {
        guard orphans.isEmpty, queues.allSatisfy({ $0.subtrees.isEmpty }) else { return nil }
        // The same shards may be leased twice.
        return min(leases.count, pendingShardCount)
    }

    /// How many leases `worker` holds.
    func leaseCount(of worker: WorkerID) -> Int {
        leases.count { $0.worker == worker }
    }

    /// How many shards a subtree has in this round.
    func shardCount(of subtree: Subtree) -> Int { subtree.shards(of: shardCount).count }

    /// The work that a subtree of this round stands for.
    func work(_ subtree: Subtree) -> Work {
        Work(round: round, subtree: subtree, version: version)
    }

    /// Leases the next subtree to `worker`: one that a lost worker held, one of its own share, one
    /// of the longest other share.
    ///
    /// - Parameter standsBy: whether it has no share of its own, and takes from nobody who has one.
    mutating func lease(to worker: WorkerID, standsBy: Bool) -> Subtree? {
        if let subtree = nextSubtree(for: worker, standsBy: standsBy) {
            if verification.includes(work(subtree)), !seconds.contains(subtree) {
                seconds.append(subtree)
            }
            grant(subtree, to: worker)
            return subtree
        }
        let second = seconds.firstIndex { subtree in
            !isHeld(subtree, by: worker) && firstWorker(of: subtree) != worker
        }
        guard let second else { return nil }
        let subtree = seconds.remove(at: second)
        grant(subtree, to: worker)
        return subtree
    }

    private mutating func grant(_ subtree: Subtree, to worker: WorkerID) {
        leases.append(Lease(subtree: subtree, worker: worker))
        grants.insert(Grant(subtree: subtree, worker: worker))
    }

    /// Whether `worker` was leased this work, even if the lease has been taken away since.
    func granted(_ work: Work, to worker: WorkerID) -> Bool {
        guard work.round == round, work.version == version else { return false }
        return grants.contains(Grant(subtree: work.subtree, worker: worker))
    }

    /// Whether `worker` has a lease of just this subtree.
    func isHeld(_ subtree: Subtree, by worker: WorkerID) -> Bool {
        leases.contains { $0.subtree == subtree && $0.worker == worker }
    }

    /// Who gave the answer of a subtree that waits for a second.
    func firstWorker(of subtree: Subtree) -> WorkerID? {
        unverified.first { $0.subtree == subtree }?.worker
    }

    /// Leases to `worker` what another holds already.
    mutating func leaseAgain(_ subtree: Subtree, to worker: WorkerID) {
        grant(subtree, to: worker)
    }

    /// Starts, or starts again, the time that a lease may take.
    mutating func allow(_ allowance: Duration, for lease: Int, at now: Duration) {
        leases[lease].deadline = now + allowance
        leases[lease].allowance = allowance
    }

    /// Notes that a lease has taken longer than it may.
    mutating func markOverdue(_ lease: Int) { leases[lease].isOverdue = true }

    /// Takes an answer from whoever was leased it: a worker that was given up for lost computes the
    /// same. What nobody asked a worker for is nothing to the round, whatever it says.
    ///
    /// A second answer changes nothing before it was compared with the first: see `settle`.
    mutating func take(_ work: Work, from worker: WorkerID) -> Taking {
        guard granted(work, to: worker) else { return .unneeded }
        if let first = firstWorker(of: work.subtree) {
            return first == worker ? .unneeded : .second(after: first)
        }
        let shards = work.subtree.shards(of: shardCount)
        guard !shards.isEmpty, !shards.contains(where: { isComputed[$0] }) else { return .unneeded }
        for shard in shards { isComputed[shard] = true }
        pendingShardCount -= shards.count
        if !contributors.contains(worker) { contributors.append(worker) }
        soleAnswers.append(FirstAnswer(subtree: work.subtree, worker: worker))
        if !areEarlySegmentsApplied {
            // The answer has the segment too.
            let shardCount = shardCount
            earlySegments.removeAll { $0.subtree.shards(of: shardCount).overlaps(shards) }
        }
        let isRivalled = leases.contains { $0.subtree == work.subtree && $0.worker != worker }
        let isVerified = verification.includes(work)
        if isVerified {
            unverified.append(FirstAnswer(subtree: work.subtree, worker: worker))
            if !isRivalled, !seconds.contains(work.subtree) { seconds.append(work.subtree) }
        }
        closeLeases()
        withdraw(shards)
        return .first(isContested: isVerified || isRivalled)
    }

    /// Ends the leases that have nothing left to bring, and offers anew what is left of a lease of
    /// which another answer has brought a part.
    ///
    /// Such leases overlap where a lost worker's subtree was divided among others and it comes
    /// back, or where its second computation is leased as a whole. No answer of the whole can be
    /// taken any more: as long as it counted as leased, the rest of it was nobody's, and the round
    /// stood still.
    private mutating func closeLeases() {
        var openCount = 0
        var divided: [Subtree] = []
        for index in leases.indices {
            let lease = leases[index]
            if isOpen(lease) {
                leases[openCount] = lease
                openCount += 1
            } else if firstWorker(of: lease.subtree) == nil, isAnyMissing(of: lease.subtree) {
                divided.append(lease.subtree)
            }
        }
        leases.removeLast(leases.count - openCount)
        for subtree in divided { abandon(subtree, heirCount: 1) }
    }

    /// Takes what was computed out of what is still to be leased, where a late answer has brought
    /// a part of that.
    private mutating func withdraw(_ shards: Range<Int>) {
        if isAny(of: orphans, in: shards) { orphans = orphans.flatMap { missingParts(of: $0) } }
        for index in queues.indices where isAny(of: queues[index].subtrees, in: shards) {
            queues[index].subtrees = queues[index].subtrees.flatMap { missingParts(of: $0) }
        }
        if isAny(of: seconds, in: shards) {
            seconds = seconds.filter { firstWorker(of: $0) != nil || isMissing($0) }
        }
    }

    private func isAny(of subtrees: [Subtree], in shards: Range<Int>) -> Bool {
        subtrees.contains { self.shards(of: $0).overlaps(shards) }
    }

    func shards(of subtree: Subtree) -> Range<Int> { subtree.shards(of: shardCount) }

    /// Whether a lease still has something to bring: a missing shard, or an answer to compare.
    private func isOpen(_ lease: Lease) -> Bool {
        if let first = firstWorker(of: lease.subtree) { return lease.worker != first }
        return isMissing(lease.subtree)
    }

    /// Notes that the first answer of a subtree was compared with a second one.
    mutating func settle(_ work: Work) {
        guard work.round == round, work.version == version else { return }
        unverified.removeAll { $0.subtree == work.subtree }
        soleAnswers.removeAll { $0.subtree == work.subtree }
        seconds.removeAll { $0 == work.subtree }
        leases.removeAll { $0.subtree == work.subtree }
    }

    /// Gives up all that a lost worker held or was to get; a large subtree is divided among the
    /// `heirCount` workers that are left.
    mutating func release(_ worker: WorkerID, heirCount: Int) {
        let lost = leases.filter { $0.worker == worker }.map(\.subtree)
        leases.removeAll { $0.worker == worker }
        for subtree in lost {
            abandon(subtree, heirCount: heirCount)
            let isAwaited = firstWorker(of: subtree) != nil
            let isHeld = leases.contains { $0.subtree == subtree }
            // Its parts are leased by themselves, and may be compared by themselves.
            if !isAwaited, !isHeld { seconds.removeAll { $0 == subtree } }
            if isAwaited, !isHeld, !seconds.contains(subtree) { seconds.append(subtree) }
        }
        if let index = queues.firstIndex(where: { $0.worker == worker }) {
            for subtree in queues.remove(at: index).subtrees {
                abandon(subtree, heirCount: heirCount)
            }
        }
    }

    private mutating func abandon(_ subtree: Subtree, heirCount: Int) {
        let attended = leases.map(\.subtree) + orphans + queues.flatMap(\.subtrees)
        let free = missingShards(in: subtree).filter { shard in
            !attended.contains { shards(of: $0).contains(shard) }
        }
        var levelMax = subtree.level
        while heirCount << levelMax > max(free.count, heirCount) { levelMax -= 1 }
        levelMax = min(levelMax, self.levelMax)
        for run in Self.runs(of: free) {
            Subtree.cover(run, of: shardCount, levelMax: levelMax, into: &orphans)
        }
    }

    private func missingShards(in subtree: Subtree) -> [Int] {
        shards(of: subtree).filter { !isComputed[$0] }
    }

    private func isAnyMissing(of subtree: Subtree) -> Bool {
        shards(of: subtree).contains { !isComputed[$0] }
    }

    /// Whether all of a subtree is missing.
    private func isMissing(_ subtree: Subtree) -> Bool {
        shards(of: subtree).allSatisfy { !isComputed[$0] }
    }

    /// What is left of a subtree that was not leased, where a late answer has taken a part of it.
    private func missingParts(of subtree: Subtree) -> [Subtree] {
        if isMissing(subtree) { return [subtree] }
        var parts: [Subtree] = []
        for run in Self.runs(of: missingShards(in: subtree)) {
            Subtree.cover(run, of: shardCount, levelMax: levelMax, into: &parts)
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

    private mutating func nextSubtree(for worker: WorkerID, standsBy: Bool) -> Subtree? {
        if !orphans.isEmpty { return orphans.removeFirst() }
        if let own = queues.firstIndex(where: { $0.worker == worker && !$0.subtrees.isEmpty }) {
            return queues[own].subtrees.removeFirst()
        }
        guard !standsBy,
            let longest = queues.indices.max(by: {
                queues[$0].subtrees.count < queues[$1].subtrees.count
            })
        else { return nil }
        return queues[longest].subtrees.popLast()
    }
}
