/// The rounds that are open: the one that is computed and the one after it, leased ahead.
struct OpenRounds: Equatable, Sendable {
    /// The round that is computed.
    var current: RoundProgress
    /// The one after it; nil behind the last.
    var next: RoundProgress?
    /// What each worker gets of the round that is begun next: kept for its memory.
    var shares: [RoundShare] = []
    /// How long rounds take, for whoever hangs to be named.
    var watch = RoundWatch()

    /// Has no round yet.
    init(verification: Verification) { current = RoundProgress(verification: verification) }

    /// Opens the first round of this start, and the one after it.
    mutating func open(
        _ round: Round,
        at position: Position,
        in settings: Coordinator.Settings,
        among roster: Roster,
        now: Duration
    ) {
        roster.divideShares(into: &shares)
        current.begin(round, at: position, in: settings.schedule, shares: shares)
        next = RoundProgress(verification: settings.verification)
        openNext(after: position, in: settings.schedule, among: roster)
        watch.begin(at: now)
    }

    /// Opens the round after the current one ahead of time, so that its samples travel while the
    /// current one is computed.
    ///
    /// - Parameter position: how far the run has come.
    mutating func openNext(
        after position: Position,
        in schedule: Schedule,
        among roster: Roster
    ) {
        let ahead = position.advanced(past: current.round)
        guard var opened = next.take(), let round = schedule.round(after: ahead) else { return }
        roster.divideShares(into: &shares)
        opened.begin(round, at: ahead, in: schedule, shares: shares)
        next = opened
    }

    /// Goes on to the next round; tells whether there is one.
    ///
    /// The value of the round that is over comes next, to be begun.
    mutating func turn(at now: Duration) -> Bool {
        watch.turn(at: now)
        guard var opened = next.take() else { return false }
        swap(&current, &opened)
        next = opened
        return true
    }

    /// Whether a round is one of them.
    func contain(_ round: Round) -> Bool { current.round == round || next?.round == round }

    /// Leases to `worker` what it is to compute next, of the current round if there is something.
    ///
    /// - Parameter standsBy: whether it has no share of its own, and takes from nobody who has one.
    mutating func lease(to worker: WorkerID, standsBy: Bool) -> Work? {
        // A round that begins anew must not wait for leases of the next one.
        let heldCount = current.table.leaseCount(of: worker)
        guard heldCount < Lease.countMax else { return nil }
        let helpsOthers = !standsBy && heldCount == 0
        if let subtree = current.lease(to: worker, helpsOthers: helpsOthers) {
            return current.shape.work(subtree)
        }
        guard heldCount + (next?.table.leaseCount(of: worker) ?? 0) < Lease.countMax,
            let subtree = next?.lease(to: worker, helpsOthers: false)
        else { return nil }
        return next?.shape.work(subtree)
    }

    /// Whether `worker` was leased this work of one of them.
    func granted(_ work: Work, to worker: WorkerID) -> Bool {
        current.granted(work, to: worker) || next?.granted(work, to: worker) == true
    }

    /// Takes an answer.
    ///
    /// It may be of the next round, where that is computed with the same parameters: the first step
    /// of an epoch need not wait for the validation of the one before.
    mutating func take(_ work: Work, from worker: WorkerID) -> RoundProgress.Taking {
        let taking = current.take(work, from: worker)
        guard taking == .unneeded else { return taking }
        return next?.take(work, from: worker) ?? .unneeded
    }

    /// Takes the fully connected segment of an answer that is to come.
    mutating func takeEarlySegment(
        of work: Work,
        from worker: WorkerID,
        into actions: inout [Coordinator.Action]
    ) {
        guard current.takeEarlySegment(of: work, from: worker) else { return }
        actions.append(.acceptEarlySegment(work))
        if let application = current.completeEarlySegments() { actions.append(application) }
    }

    /// Notes that the first answer of a subtree was compared with a second one.
    mutating func settle(_ work: Work) {
        current.settle(work)
        next?.settle(work)
    }

    /// Gives up all that a lost worker held or was to get, for the `heirCount` that are left.
    mutating func release(_ worker: WorkerID, heirCount: Int) {
        current.release(worker, heirCount: heirCount)
        next?.release(worker, heirCount: heirCount)
    }

    /// Begins those anew that `worker` has given answers to, and returns them.
    mutating func undo(
        _ worker: WorkerID,
        in schedule: Schedule,
        among roster: Roster
    ) -> [Round] {
        roster.divideShares(into: &shares)
        var undone: [Round] = []
        if current.beginAnew(without: worker, in: schedule, shares: shares) {
            undone.append(current.round)
        }
        if next?.beginAnew(without: worker, in: schedule, shares: shares) == true, let next {
            undone.append(next.round)
        }
        return undone
    }

    /// Drops the steps that are open and opens the test in their place; returns what was dropped.
    ///
    /// Their workers may still answer: late is not wrong.
    mutating func openTest(
        at position: Position,
        in schedule: Schedule,
        among roster: Roster
    ) -> [Round] {
        let void = [current.round] + (next.map { [$0.round] } ?? [])
        roster.divideShares(into: &shares)
        current.begin(.test, at: position, in: schedule, shares: shares)
        next = nil
        return void
    }
}

extension RoundProgress {
    /// Begins the round anew if something of `worker` has gone into it; tells whether that is so.
    fileprivate mutating func beginAnew(
        without worker: WorkerID,
        in schedule: Schedule,
        shares: [RoundShare]
    ) -> Bool {
        guard answers.contributors.contains(worker) else { return false }
        begin(round, at: schedule.position(before: round), in: schedule, shares: shares)
        return true
    }
}
