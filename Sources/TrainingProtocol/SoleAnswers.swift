/// The steps of which a worker computed a part that nobody computed a second time: only its word
/// stands for them.
package struct SoleAnswers: Equatable, Sendable {
    /// Whose word it is.
    package let worker: WorkerID
    /// The steps, counted from 0.
    package internal(set) var steps: StepRanges

    /// Describes a worker's part of a run.
    package init(worker: WorkerID, steps: StepRanges) {
        self.worker = worker
        self.steps = steps
    }
}

/// What only a wrong worker's word stands for, and whether the run goes back for it.
extension Coordinator {
    /// What each worker that was found wrong leaves in doubt, in the order in which they were
    /// found.
    package var unverified: [SoleAnswers] {
        distrusted.compactMap { worker in soleAnswers.first { $0.worker == worker } }
    }

    /// Notes who stands alone for a part of a step that is complete.
    mutating func noteSoleAnswers(of index: Int) {
        for answer in current.soleAnswers { noteSoleAnswer(of: answer.worker, to: index) }
        for segment in current.appliedSegments { noteSoleAnswer(of: segment.worker, to: index) }
        for contest in contests.indices where contests[contest].work.round == current.round {
            let first = contests[contest].first
            contests[contest].isAllOfSoleAnswers =
                current.soleAnswers.count { $0.worker == first } == 1
                && !current.appliedSegments.contains { $0.worker == first }
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

/// Whether the run goes back for a wrong answer, or for what only a wrong worker's word stands for.
extension Coordinator {
    /// Where the run could go back to.
    struct Retreat: Equatable, Sendable {
        let position: Position
        /// Whether a wrong answer is known to be in what came after; otherwise it is in doubt.
        let isCertain: Bool
    }

    /// Asks for a checkpoint to go back to: from before all that those found `wrong` stand alone
    /// for, or else from before `round`, which is closed and has a wrong answer in it.
    mutating func retreat(
        from wrong: [WorkerID],
        before round: Round? = nil,
        at now: Duration,
        into actions: inout [Action]
    ) {
        let steps = soleAnswers.filter { wrong.contains($0.worker) }.compactMap(\.steps.first)
        let doubt = steps.min().map { settings.schedule.position(before: .step(index: $0)) }
        let certain = round.map { settings.schedule.position(before: $0) }
        let isLooking = !retreats.isEmpty
        if let doubt, certain.map({ $0 != doubt && doubt.isReached(by: $0) }) ?? true {
            retreats.append(Retreat(position: doubt, isCertain: false))
        }
        if let certain { retreats.append(Retreat(position: certain, isCertain: true)) }
        if !isLooking { findCheckpoint(at: now, into: &actions) }
    }

    private mutating func findCheckpoint(at now: Duration, into actions: inout [Action]) {
        if let first = retreats.first {
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
        guard case .running = state, let retreat = retreats.first, retreat.position == position
        else { return }
        retreats.removeFirst()
        let isWorthIt =
            retreat.isCertain || settings.verification != .none
            || (checkpoint?.completedStepCount ?? 0) > 0
        if checkpoint != nil, isWorthIt {
            goBack(to: retreat.position, into: &actions)
            return
        }
        if retreats.isEmpty {
            for doubt in unverified { actions.append(.report(.stepsInDoubt(doubt))) }
            // A run that is resumed from an earlier checkpoint would not know of it.
            actions.append(.saveCheckpoint(self.position))
        }
        findCheckpoint(at: now, into: &actions)
    }
}
