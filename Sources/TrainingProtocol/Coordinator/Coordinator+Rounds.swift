/// How work flows: rounds open, are leased, are answered, and close.
extension Coordinator {
    /// Opens the first round of this start, or ends where nothing is left to do.
    mutating func openRounds(at now: Duration, into actions: inout [Action]) {
        guard let round = settings.schedule.round(after: position) else {
            close(.completed, at: now, into: &actions)
            return
        }
        state = .running
        leasing.open(round, at: position, in: settings, now: now)
        advance(at: now, into: &actions)
    }

    /// Takes an answer, unless it is there already: late is not wrong as long as it is missing.
    mutating func answered(
        _ work: Work,
        from worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state else { return }
        // Nobody can have computed with parameters that are not made yet.
        guard work.version <= position.completedStepCount else { return }
        let isOwn = leasing.rounds.current.table.isHeld(work.subtree, by: worker)
        let leaseCount = leasing.rounds.current.table.leases.count
        switch leasing.rounds.take(work, from: worker) {
        case .first(let isContested):
            let application = leasing.rounds.current.completeEarlySegments()
            if isContested {
                let others = leasing.rounds.current.earlyWorkers(of: work)
                trust.contest(work, of: worker, earlyWorkers: others.filter { $0 != worker })
            }
            actions.append(.accept(work, isKept: isContested))
            if let application { actions.append(application) }
            let isAlone =
                isOwn && !isContested
                && leasing.rounds.current.table.leases.count == leaseCount - 1
            if isAlone, !leasing.rounds.current.answers.areComplete,
                leasing.roster.members.allSatisfy({ $0.pace != nil })
            {
                // Nothing has changed for the others: neither their leases nor their time.
                leasing.serve(worker, at: now, into: &actions)
            } else {
                advance(at: now, into: &actions)
            }
        case .second(let first):
            actions.append(.compare(work, first: first, second: worker))
        case .unneeded:
            // Another worker was faster, or the round has closed since.
            guard let first = trust.contested(work), first != worker else { return }
            actions.append(.compare(work, first: first, second: worker))
        }
    }

    /// Closes the rounds that are complete, then leases what there is to lease.
    mutating func advance(at now: Duration, into actions: inout [Action]) {
        while case .running = state, !awaitsVerdict,
            leasing.rounds.current.answers.areComplete
        {
            closeRound(into: &actions)
            guard leasing.turn(to: position, in: settings.schedule, at: now) else {
                close(.completed, at: now, into: &actions)
                return
            }
            let (current, next) = (leasing.rounds.current.round, leasing.rounds.next?.round)
            trust.forgetOldContests(but: current, next, into: &actions)
        }
        dispatch(at: now, into: &actions)
    }

    /// What the completion of the current round brings about.
    private mutating func closeRound(into actions: inout [Action]) {
        let round = leasing.rounds.current.round
        position = position.advanced(past: round)
        switch round {
        case .step(let index):
            trust.noteSoleAnswers(of: index, in: leasing.rounds.current)
            actions.append(.applyStep(index: index))
            let isDue =
                settings.stepsPerCheckpoint > 0
                && position.completedStepCount % settings.stepsPerCheckpoint == 0
            let endsEpoch = position.completedStepCount % settings.schedule.stepsPerEpoch == 0
            if isDue, !endsEpoch { actions.append(.saveCheckpoint(position)) }
        case .validation(let epochIndex):
            actions.append(.recordEpoch(index: epochIndex))
            awaitsVerdict = settings.schedule.judgesEpochs
            actions.append(.saveCheckpoint(position))
        case .test:
            actions.append(.recordTest)
        }
    }

    /// Leases what there is to lease, and has the service compute what no worker is left for.
    mutating func dispatch(at now: Duration, into actions: inout [Action]) {
        guard case .running = state else { return }
        leasing.dispatch(at: now, into: &actions)
        trust.recomputeUnverifiable(
            of: leasing.rounds.current,
            among: leasing.roster,
            into: &actions
        )
    }

    /// Takes the verdict on the epoch that was recorded last: training goes on, or the test comes
    /// next.
    mutating func judged(isEnough: Bool, at now: Duration, into actions: inout [Action]) {
        guard awaitsVerdict else { return }
        awaitsVerdict = false
        guard case .running = state else { return }
        if isEnough, leasing.rounds.current.round.isTraining {
            settings.schedule = settings.schedule.ending(afterEpochs: position.recordedEpochCount)
            let void = leasing.openTest(at: position, in: settings.schedule)
            trust.drop(void, into: &actions)
        }
        advance(at: now, into: &actions)
    }
}
