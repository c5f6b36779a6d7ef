/// Whose word counts, and what rests on it: who was found wrong, which answers may still be
/// contradicted, what only one worker's word stands for, and where the run could go back to.
package struct Trust: Equatable, Sendable {
    /// Workers that have given wrong answers, in the order in which they were found.
    package private(set) var distrusted: [WorkerID]
    /// What only one worker's word stands for, by worker in the order of their first such step.
    package private(set) var soleAnswers: [SoleAnswers]
    /// Answers that others may still contradict, oldest first.
    private(set) var contests: [Contest] = []
    /// The service looks for a checkpoint from before the first.
    private(set) var retreats: [Retreat] = []

    /// Begins with what is known from earlier starts.
    init(_ settings: Coordinator.Settings) {
        distrusted = settings.distrusted
        soleAnswers = settings.soleAnswers
    }

    /// What each worker that was found wrong leaves in doubt, in the order in which they were
    /// found.
    package var unverified: [SoleAnswers] {
        distrusted.compactMap { worker in soleAnswers.first { $0.worker == worker } }
    }

    /// Whether a worker was found wrong.
    func distrusts(_ worker: WorkerID) -> Bool { distrusted.contains(worker) }

    /// Notes that a worker was found wrong.
    mutating func distrust(_ worker: WorkerID) { distrusted.append(worker) }
}

/// Answers that others may contradict.
extension Trust {
    /// Contested answers of closed rounds that are remembered: each is a gradient in memory.
    private static let oldContestCountMax = 16

    /// Remembers an answer that another worker may contradict.
    mutating func contest(_ work: Work, of first: WorkerID, earlyWorkers: [WorkerID]) {
        contests.append(Contest(work: work, first: first, earlyWorkers: earlyWorkers))
    }

    /// The worker whose answer of a work may be contradicted by another.
    func contested(_ work: Work) -> WorkerID? { contests.first { $0.work == work }?.first }

    /// Whether the service computes a work itself.
    func recomputes(_ work: Work) -> Bool {
        contests.contains { $0.work == work && $0.isRecomputed }
    }

    /// Ends the contest of a work.
    mutating func takeContest(of work: Work) -> Contest? {
        contests.firstIndex { $0.work == work }.map { contests.remove(at: $0) }
    }

    /// Drops rounds that begin anew or not at all, and what is contested of them.
    mutating func drop(_ rounds: [Round], into actions: inout [Coordinator.Action]) {
        for round in rounds { actions.append(.discard(round)) }
        for contest in contests where rounds.contains(contest.work.round) {
            actions.append(.forget(contest.work))
        }
        contests.removeAll { rounds.contains($0.work.round) }
    }

    /// Forgets the oldest contested answers of closed rounds where there are too many.
    mutating func forgetOldContests(
        but current: Round,
        _ next: Round?,
        into actions: inout [Coordinator.Action]
    ) {
        guard contests.count > Self.oldContestCountMax else { return }
        let old = contests.filter { $0.work.round != current && $0.work.round != next }
        let surplus = old.prefix(max(0, old.count - Self.oldContestCountMax)).map(\.work)
        contests.removeAll { surplus.contains($0.work) }
        for work in surplus { actions.append(.forget(work)) }
    }

    /// Has the service compute what no other worker is there to compute a second time.
    mutating func recomputeUnverifiable(
        of round: RoundProgress,
        among roster: Roster,
        into actions: inout [Coordinator.Action]
    ) {
        for answer in round.answers.unverified {
            let work = round.shape.work(answer.subtree)
            guard !roster.members.contains(where: { $0.worker != answer.worker }),
                let index = contests.firstIndex(where: { $0.work == work && !$0.isRecomputed })
            else { continue }
            contests[index].isRecomputed = true
            actions.append(.recompute(work, first: answer.worker))
        }
    }
}

/// What only one worker's word stands for.
extension Trust {
    /// Notes who stands alone for a part of a step that is complete.
    mutating func noteSoleAnswers(of index: Int, in round: RoundProgress) {
        let (answers, segments) = (round.answers.soleAnswers, round.early.applied)
        for answer in answers { noteSoleAnswer(of: answer.worker, to: index) }
        for segment in segments { noteSoleAnswer(of: segment.worker, to: index) }
        for contest in contests.indices where contests[contest].work.round == round.round {
            let first = contests[contest].first
            contests[contest].isAllOfSoleAnswers =
                answers.count { $0.worker == first } == 1
                && !segments.contains { $0.worker == first }
        }
    }

    private mutating func noteSoleAnswer(of worker: WorkerID, to index: Int) {
        if let known = soleAnswers.firstIndex(where: { $0.worker == worker }) {
            soleAnswers[known].steps.append(index)
        } else {
            var steps = StepRanges()
            steps.append(index)
            soleAnswers.append(SoleAnswers(worker: worker, steps: steps))
        }
    }

    /// Notes that an answer of a closed round has turned out to be right: if it is all that its
    /// worker stands alone for in that step, the step is in no doubt any more.
    mutating func noteVerified(_ contest: Contest) {
        guard case .step(let index) = contest.work.round, contest.isAllOfSoleAnswers,
            let known = soleAnswers.firstIndex(where: { $0.worker == contest.first })
        else { return }
        soleAnswers[known].steps.remove(index)
        if soleAnswers[known].steps.first == nil { soleAnswers.remove(at: known) }
    }
}

/// Where the run could go back to.
extension Trust {
    /// Adds where to go back to: to before all that those found `wrong` stand alone for, or else to
    /// before `round`, which is closed and has a wrong answer in it.
    mutating func addRetreats(from wrong: [WorkerID], before round: Round?, in schedule: Schedule) {
        let steps = soleAnswers.filter { wrong.contains($0.worker) }.compactMap(\.steps.first)
        let doubt = steps.min().map { schedule.position(before: .step(index: $0)) }
        let certain = round.map { schedule.position(before: $0) }
        if let doubt, certain.map({ $0 != doubt && doubt.isReached(by: $0) }) ?? true {
            retreats.append(Retreat(position: doubt, isCertain: false))
        }
        if let certain { retreats.append(Retreat(position: certain, isCertain: true)) }
    }

    /// Takes out where the run could go back to, if that is what the service has looked for.
    mutating func takeRetreat(to position: Position) -> Retreat? {
        retreats.first?.position == position ? retreats.removeFirst() : nil
    }
}
