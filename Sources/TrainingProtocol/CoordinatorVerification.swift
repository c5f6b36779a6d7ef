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
    }

    /// Contested answers of closed rounds that are remembered: each is a gradient in memory.
    private static let oldContestCountMax = 16

    /// Takes the verdict on a contested answer.
    mutating func compared(_ work: Work, wrong: [WorkerID], at now: Duration) -> [Action] {
        guard case .running(var current, var next) = state,
            let index = contests.firstIndex(where: { $0.work == work })
        else { return [] }
        let contest = contests.remove(at: index)
        current.settle(work)
        next?.settle(work)
        state = .running(current: current, next: next)
        var actions: [Action] = [.forget(work)]
        for worker in wrong { actions += distrust(worker, for: work, at: now) }
        guard case .running(let current, let next) = state else { return actions }
        let isOpen = current.round == work.round || next?.round == work.round
        if !isOpen, wrong.contains(where: { ([contest.first] + contest.earlyWorkers).contains($0) })
        {
            return actions + goBack(before: work.round)
        }
        for worker in wrong { actions += undoRounds(of: worker) }
        return actions + advance(at: now)
    }

    /// Whether an answer would count, or be compared, if it came from `worker` now, and is computed
    /// with the current parameters.
    package func awaits(_ work: Work, from worker: WorkerID) -> Bool {
        guard case .running(let current, let next) = state,
            work.version == position.completedStepCount, !distrusted.contains(worker)
        else { return false }
        return current.granted(work, to: worker) || next?.granted(work, to: worker) == true
    }

    /// Turns away the worker of an answer that was found wrong before it was taken.
    mutating func refuted(_ work: Work, of worker: WorkerID, at now: Duration) -> [Action] {
        guard case .running = state, !distrusted.contains(worker) else { return [] }
        return distrust(worker, for: work, at: now) + undoRounds(of: worker) + advance(at: now)
    }

    private mutating func distrust(
        _ worker: WorkerID,
        for work: Work,
        at now: Duration
    ) -> [Action] {
        distrusted.append(worker)
        return [
            .report(.workerDistrusted(worker, work)),
            .send(.dismissal(settings.stamp), to: worker),
        ] + lose(worker, .distrusted, at: now)
    }

    /// Ends this start of the run, since a round that is over has a wrong answer in its sum.
    private mutating func goBack(before round: Round) -> [Action] {
        state = .ended
        return members.map { .send(.rejoin(settings.stamp), to: $0.worker) }
            + [.end(.corrupted(after: settings.schedule.position(before: round)))]
    }

    /// Begins the open rounds anew that `worker` has given answers to.
    private mutating func undoRounds(of worker: WorkerID) -> [Action] {
        guard case .running(var current, var next) = state else { return [] }
        var undone: [Round] = []
        if current.contributors.contains(worker) {
            undone.append(current.round)
            current = reopened(current.round)
        }
        if let round = next?.round, next?.contributors.contains(worker) == true {
            undone.append(round)
            next = reopened(round)
        }
        state = .running(current: current, next: next)
        let void = contests.filter { undone.contains($0.work.round) }.map(\.work)
        contests.removeAll { undone.contains($0.work.round) }
        return undone.map { .discard($0) } + void.map { .forget($0) }
    }

    private func reopened(_ round: Round) -> RoundProgress {
        open(round, from: settings.schedule.position(before: round))
    }

    /// Forgets the oldest contested answers of closed rounds where there are too many.
    mutating func forgetOldContests() -> [Action] {
        guard contests.count > Self.oldContestCountMax,
            case .running(let current, let next) = state
        else { return [] }
        let old = contests.filter { $0.work.round != current.round && $0.work.round != next?.round }
        let surplus = old.prefix(max(0, old.count - Self.oldContestCountMax)).map(\.work)
        contests.removeAll { surplus.contains($0.work) }
        return surplus.map { .forget($0) }
    }

    /// Has the service compute what no other worker is there to compute a second time.
    mutating func recomputeUnverifiable(in current: RoundProgress) -> [Action] {
        current.unverified.compactMap { answer in
            let work = current.work(answer.subtree)
            guard !members.contains(where: { $0.worker != answer.worker }),
                let index = contests.firstIndex(where: { $0.work == work && !$0.isRecomputed })
            else { return nil }
            contests[index].isRecomputed = true
            return .recompute(work, first: answer.worker)
        }
    }
}
