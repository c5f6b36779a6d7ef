/// Who computes which shards of one round: what is still to be leased, what is leased, what is
/// done. None of it can change a result.
///
/// One value serves round after round, so that its arrays keep their memory.
struct RoundProgress: Equatable, Sendable {
    /// What an answer is to the round.
    enum Taking: Equatable, Sendable {
        /// Of another round, or of shards that are there already.
        case unneeded
        /// The first one of its shards; if it `isContested`, another is expected.
        case first(isContested: Bool)
        /// The second one that the round waits for; the worker gave the first.
        case second(after: WorkerID)
    }

    private let verification: Verification
    private(set) var shape = RoundShape()
    private(set) var offers = ShardOffers()
    var table = LeaseTable()
    private(set) var answers = RoundAnswers()
    private(set) var early = EarlySegments()

    /// Has no round yet.
    init(verification: Verification) { self.verification = verification }

    /// Forgets the round before and divides another among its workers.
    ///
    /// - Parameter position: how far the run has come when the round begins.
    mutating func begin(
        _ round: Round,
        at position: Position,
        in schedule: Schedule,
        shares: [RoundShare]
    ) {
        begin(RoundShape(round, at: position, in: schedule), shares: shares)
    }

    /// Forgets the round before and divides another, or a part of one, among its workers.
    mutating func begin(_ shape: RoundShape, shares: [RoundShare]) {
        self.shape = shape
        offers.begin(shape, among: shares)
        table.begin()
        answers.begin(shardCount: shape.shardCount, from: shape.firstShard)
        early.begin()
    }

    /// Which round it is.
    var round: Round { shape.round }

    /// Leases the next subtree to `worker`; one that is to be computed a second time if no other is
    /// left.
    ///
    /// - Parameter helpsOthers: whether it may take of another's share.
    mutating func lease(to worker: WorkerID, helpsOthers: Bool) -> Subtree? {
        guard let subtree = offers.take(for: worker, helpsOthers: helpsOthers) else {
            return table.leaseSecond(to: worker, answers)
        }
        if verification.includes(shape.work(subtree)) { table.askSecond(of: subtree) }
        table.lease(subtree, to: worker)
        return subtree
    }

    /// Whether `worker` was leased this work, even if the lease has been taken away since.
    func granted(_ work: Work, to worker: WorkerID) -> Bool {
        guard shape.includes(work) else { return false }
        return table.granted(work.subtree, to: worker)
    }

    /// Takes an answer from whoever was leased it: a worker that was given up for lost computes the
    /// same. What nobody asked a worker for is nothing to the round, whatever it says.
    ///
    /// A second answer changes nothing before it was compared with the first: see `settle`.
    mutating func take(_ work: Work, from worker: WorkerID) -> Taking {
        guard granted(work, to: worker) else { return .unneeded }
        let subtree = work.subtree
        if let first = answers.firstWorker(of: subtree) {
            return first == worker ? .unneeded : .second(after: first)
        }
        let shards = shape.shards(of: subtree)
        guard !shards.isEmpty, !answers.hasAny(of: shards) else { return .unneeded }
        let isRivalled = table.isHeld(subtree, byOtherThan: worker)
        let isVerified = verification.includes(work)
        answers.take(
            FirstAnswer(subtree: subtree, worker: worker),
            of: shards,
            isAwaitingSecond: isVerified
        )
        early.drop(shards, in: shape)
        if isVerified, !isRivalled { table.askSecond(of: subtree) }
        for divided in table.close(answers, in: shape) { offer(divided, heirCount: 1) }
        offers.withdraw(shards, answers, in: shape)
        table.withdrawSeconds(shards, answers, in: shape)
        return .first(isContested: isVerified || isRivalled)
    }

    /// Notes that the first answer of a subtree was compared with a second one.
    mutating func settle(_ work: Work) {
        guard shape.includes(work) else { return }
        answers.settle(work.subtree)
        table.settle(work.subtree)
    }

    /// Gives up all that a lost worker held or was to get; a large subtree is divided among the
    /// `heirCount` workers that are left.
    mutating func release(_ worker: WorkerID, heirCount: Int) {
        for subtree in table.release(worker) {
            offer(subtree, heirCount: heirCount)
            table.releaseSecond(of: subtree, answers)
        }
        for subtree in offers.takeShare(of: worker) { offer(subtree, heirCount: heirCount) }
    }

    /// Offers what is missing of a subtree and is neither leased nor offered.
    private mutating func offer(_ subtree: Subtree, heirCount: Int) {
        let free = shape.shards(of: subtree).filter { isUnattended($0) }
        offers.offer(free, of: subtree, in: shape, heirCount: heirCount)
    }

    /// Whether a shard is neither computed nor leased nor to be leased.
    func isUnattended(_ shard: Int) -> Bool {
        !answers.has(shard) && !table.include(shard, of: shape)
            && !offers.include(shard, of: shape)
    }

    /// Takes the fully connected segment of an answer that is to come, unless its shards have one,
    /// or are to be compared before they count.
    mutating func takeEarlySegment(of work: Work, from worker: WorkerID) -> Bool {
        guard round.isTraining, granted(work, to: worker),
            !answers.hasAny(of: shape.shards(of: work.subtree)), !verification.includes(work),
            early.take(work.subtree, from: worker, in: shape)
        else { return false }
        answers.noteContributor(worker)
        return true
    }

    /// What applies the early segments, if every shard has one, or its answer, only now.
    mutating func completeEarlySegments() -> Coordinator.Action? {
        guard early.complete(answers.pendingShardCount, in: shape), case .step(let index) = round
        else { return nil }
        return .applyEarlySegment(index: index)
    }

    /// Whose early segments were applied for shards of a work.
    func earlyWorkers(of work: Work) -> [WorkerID] {
        guard shape.includes(work) else { return [] }
        return early.workersApplied(of: work.subtree, in: shape)
    }
}
