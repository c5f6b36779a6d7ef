/// What becomes of an epoch's verdict: training goes on, or the test comes next.
extension Coordinator {
    /// Takes the verdict on the epoch that was recorded last.
    mutating func judged(isEnough: Bool, at now: Duration, into actions: inout [Action]) {
        guard awaitsVerdict else { return }
        awaitsVerdict = false
        guard case .running = state else { return }
        if isEnough { endTraining(into: &actions) }
        advance(at: now, into: &actions)
    }

    /// Drops the steps that are open, which nothing has come of, and opens the test in their place.
    ///
    /// Their workers may still answer: late is not wrong.
    private mutating func endTraining(into actions: inout [Action]) {
        guard current.round.isTraining else { return }
        settings.schedule = settings.schedule.ending(afterEpochs: position.recordedEpochCount)
        let void = [current.round] + (next.map { [$0.round] } ?? [])
        for round in void { actions.append(.discard(round)) }
        for contest in contests where void.contains(contest.work.round) {
            actions.append(.forget(contest.work))
        }
        contests.removeAll { void.contains($0.work.round) }
        divideShares()
        current.begin(.test, at: position, in: settings.schedule, shares: shares)
        next = nil
    }
}
