/// What becomes of a second answer: whoever gave a wrong one is found and turned away.
///
/// Only what was computed twice is compared: what `Settings.verification` picks before its round
/// may close, what was leased again to an idle worker as the second answer comes in, at times after
/// the round has closed. Then the run must go back to before that round.
extension Coordinator {
    /// An answer that another worker may contradict.
    struct Contest: Equatable, Sendable {
        let work: Work
        let first: WorkerID
        /// Whose early segments of these shards have gone into the round beside the first answer.
        var earlyWorkers: [WorkerID] = []
        /// Whether the service was asked to compute it itself.
        var isRecomputed = false
        /// Whether its round is closed and had nothing else that only `first` stands for.
        var isAllOfSoleAnswers = false
    }

    /// Contested answers of closed rounds that are remembered: each is a gradient in memory.
    private static let oldContestCountMax = 16

    /// Takes the verdict on a contested answer.
    mutating func compared(
        _ work: Work,
        wrong: [WorkerID],
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state, let index = contests.firstIndex(where: { $0.work == work })
        else { return }
        let contest = contests.remove(at: index)
        current.settle(work)
        next?.settle(work)
        actions.append(.forget(work))
        for worker in wrong { distrust(worker, for: work, at: now, into: &actions) }
        let isOpen = current.round == work.round || next?.round == work.round
        let isWrong = wrong.contains { ([contest.first] + contest.earlyWorkers).contains($0) }
        if !isOpen, !isWrong { noteVerified(contest) }
        for worker in wrong { undoRounds(of: worker, into: &actions) }
        let closed = !isOpen && isWrong ? work.round : nil
        retreat(from: wrong, before: closed, at: now, into: &actions)
    }

    /// Whether an answer would count, or be compared, if it came from `worker` now, and is computed
    /// with the current parameters.
    package func awaits(_ work: Work, from worker: WorkerID) -> Bool {
        guard case .running = state, work.version == position.completedStepCount,
            !distrusted.contains(worker)
        else { return false }
        return current.granted(work, to: worker) || next?.granted(work, to: worker) == true
    }

    /// Turns away the worker of an answer that was found wrong before it was taken.
    mutating func refuted(
        _ work: Work,
        of worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state, !distrusted.contains(worker) else { return }
        distrust(worker, for: work, at: now, into: &actions)
        undoRounds(of: worker, into: &actions)
        retreat(from: [worker], at: now, into: &actions)
    }

    private mutating func distrust(
        _ worker: WorkerID,
        for work: Work,
        at now: Duration,
        into actions: inout [Action]
    ) {
        distrusted.append(worker)
        actions.append(.report(.workerDistrusted(worker, work)))
        actions.append(.send(.dismissal(settings.stamp), to: worker))
        lose(worker, .distrusted, at: now, into: &actions)
    }

    /// Ends this start of the run, since a round that is over has a wrong answer in its sum, or may
    /// have.
    mutating func goBack(to position: Position, into actions: inout [Action]) {
        state = .ended
        for member in members {
            actions.append(.send(.rejoin(settings.stamp), to: member.worker))
        }
        actions.append(.end(.corrupted(after: position)))
    }

    /// Begins the open rounds anew that `worker` has given answers to.
    private mutating func undoRounds(of worker: WorkerID, into actions: inout [Action]) {
        guard case .running = state else { return }
        divideShares()
        var undone: [Round] = []
        if current.contributors.contains(worker) {
            undone.append(current.round)
            let position = settings.schedule.position(before: current.round)
            current.begin(current.round, at: position, in: settings.schedule, shares: shares)
        }
        if var reopened = next, reopened.contributors.contains(worker) {
            undone.append(reopened.round)
            let position = settings.schedule.position(before: reopened.round)
            reopened.begin(reopened.round, at: position, in: settings.schedule, shares: shares)
            next = reopened
        }
        let void = contests.filter { undone.contains($0.work.round) }.map(\.work)
        contests.removeAll { undone.contains($0.work.round) }
        for round in undone { actions.append(.discard(round)) }
        for work in void { actions.append(.forget(work)) }
    }

    /// Forgets the oldest contested answers of closed rounds where there are too many.
    mutating func forgetOldContests(into actions: inout [Action]) {
        guard contests.count > Self.oldContestCountMax else { return }
        let old = contests.filter { $0.work.round != current.round && $0.work.round != next?.round }
        let surplus = old.prefix(max(0, old.count - Self.oldContestCountMax)).map(\.work)
        contests.removeAll { surplus.contains($0.work) }
        for work in surplus { actions.append(.forget(work)) }
    }

    /// Has the service compute what no other worker is there to compute a second time.
    mutating func recomputeUnverifiable(into actions: inout [Action]) {
        for answer in current.unverified {
            let work = current.work(answer.subtree)
            guard !members.contains(where: { $0.worker != answer.worker }),
                let index = contests.firstIndex(where: { $0.work == work && !$0.isRecomputed })
            else { continue }
            contests[index].isRecomputed = true
            actions.append(.recompute(work, first: answer.worker))
        }
    }
}
