/// What becomes of a second answer: whoever gave a wrong one is found and turned away.
///
/// Only what was computed twice is compared: what `Settings.verification` picks before its round
/// may close, what was leased again to an idle worker as the second answer comes in, at times after
/// the round has closed. Then the run must go back to before that round.
extension Coordinator {
    /// Whether an answer would count, or be compared, if it came from `worker` now, and is computed
    /// with the current parameters.
    ///
    /// It changes nothing. To ask what is `mutating`, nobody copies a machine that an object holds.
    package mutating func awaits(_ work: Work, from worker: WorkerID) -> Bool {
        guard case .running = state, work.version == position.completedStepCount,
            !trust.distrusts(worker)
        else { return false }
        return leasing.rounds.granted(work, to: worker)
    }

    /// Takes the verdict on a contested answer.
    mutating func compared(
        _ work: Work,
        wrong: [WorkerID],
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state, let contest = trust.takeContest(of: work) else { return }
        leasing.rounds.settle(work)
        actions.append(.forget(work))
        for worker in wrong { distrust(worker, for: work, at: now, into: &actions) }
        let isOpen = leasing.rounds.contain(work.round)
        let isWrong = contest.involves(anyOf: wrong)
        if !isOpen, !isWrong { trust.noteVerified(contest) }
        for worker in wrong {
            trust.drop(leasing.undoRounds(of: worker, in: settings.schedule), into: &actions)
        }
        let closed = !isOpen && isWrong ? work.round : nil
        retreat(from: wrong, before: closed, at: now, into: &actions)
    }

    /// Turns away the worker of an answer that was found wrong before it was taken.
    mutating func refuted(
        _ work: Work,
        of worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state, !trust.distrusts(worker) else { return }
        distrust(worker, for: work, at: now, into: &actions)
        trust.drop(leasing.undoRounds(of: worker, in: settings.schedule), into: &actions)
        retreat(from: [worker], before: nil, at: now, into: &actions)
    }

    private mutating func distrust(
        _ worker: WorkerID,
        for work: Work,
        at now: Duration,
        into actions: inout [Action]
    ) {
        trust.distrust(worker)
        actions.append(.report(.workerDistrusted(worker, work)))
        actions.append(.send(.dismissal(settings.stamp), to: worker))
        lose(worker, .distrusted, at: now, into: &actions)
    }

    /// Asks for a checkpoint to go back to, for those found `wrong` and from before `round`.
    private mutating func retreat(
        from wrong: [WorkerID],
        before round: Round?,
        at now: Duration,
        into actions: inout [Action]
    ) {
        let isLooking = !trust.retreats.isEmpty
        trust.addRetreats(from: wrong, before: round, in: settings.schedule)
        if !isLooking { findCheckpoint(at: now, into: &actions) }
    }

    private mutating func findCheckpoint(at now: Duration, into actions: inout [Action]) {
        if let first = trust.retreats.first {
            actions.append(.findCheckpoint(before: first.position))
        } else {
            advance(at: now, into: &actions)
        }
    }

    /// Goes back if that is worth it; otherwise the run goes on, and says what is in doubt.
    ///
    /// To a checkpoint from before any step, which saves nothing of the run so far, it goes back
    /// for a doubt only if the operator asked for verification.
    mutating func foundCheckpoint(
        _ checkpoint: Position?,
        before position: Position,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state, let retreat = trust.takeRetreat(to: position) else { return }
        let isWorthIt =
            retreat.isCertain || settings.verification != .none
            || (checkpoint?.completedStepCount ?? 0) > 0
        if checkpoint != nil, isWorthIt {
            // A round that is over has a wrong answer in its sum, or may have.
            for member in leasing.roster.members {
                actions.append(.send(.rejoin(settings.stamp), to: member.worker))
            }
            state = .ended
            actions.append(.end(.corrupted(after: retreat.position)))
            return
        }
        if trust.retreats.isEmpty {
            for doubt in trust.unverified { actions.append(.report(.stepsInDoubt(doubt))) }
            // A run that is resumed from an earlier checkpoint would not know of it.
            actions.append(.saveCheckpoint(self.position))
        }
        findCheckpoint(at: now, into: &actions)
    }
}
