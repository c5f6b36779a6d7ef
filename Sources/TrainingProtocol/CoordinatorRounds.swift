/// How work flows: rounds open, are leased, are answered, and close.
extension Coordinator {
    /// Leases that a worker may hold at once, those of the next round included: enough to keep it
    /// busy, few enough that no queue grows.
    static let leaseCountMax = 8

    /// Opens the first round of this start, or ends where nothing is left to do.
    mutating func openRounds(at now: Duration, into actions: inout [Action]) {
        guard let round = settings.schedule.round(after: position) else {
            close(.completed, at: now, into: &actions)
            return
        }
        state = .running
        divideShares()
        current.begin(round, at: position, in: settings.schedule, shares: shares)
        next = RoundProgress(verification: settings.verification)
        openNext()
        watch.begin(at: now)
        advance(at: now, into: &actions)
    }

    /// Takes an answer, unless it is there already: late is not wrong as long as it is missing.
    ///
    /// It may be of the next round, where that is computed with the same parameters: the first step
    /// of an epoch need not wait for the validation of the one before.
    mutating func answered(
        _ work: Work,
        from worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard case .running = state else { return }
        // Nobody can have computed with parameters that are not made yet.
        guard work.version <= position.completedStepCount else { return }
        let isOwn = current.isHeld(work.subtree, by: worker)
        let leaseCount = current.leases.count
        var taking = current.take(work, from: worker)
        if taking == .unneeded { taking = next?.take(work, from: worker) ?? .unneeded }
        switch taking {
        case .first(let isContested):
            let isWhole = current.completeEarlySegments()
            if isContested {
                let others = current.earlyWorkers(of: work).filter { $0 != worker }
                contests.append(Contest(work: work, first: worker, earlyWorkers: others))
            }
            actions.append(.accept(work, isKept: isContested))
            if isWhole { applyEarly(into: &actions) }
            let isAlone = isOwn && !isContested && current.leases.count == leaseCount - 1
            if isAlone, !current.isComplete, members.allSatisfy({ $0.pace != nil }) {
                // Nothing has changed for the others: neither their leases nor their time.
                serve(worker, at: now, into: &actions)
            } else {
                advance(at: now, into: &actions)
            }
        case .second(let first):
            actions.append(.compare(work, first: first, second: worker))
        case .unneeded:
            // Another worker was faster, or the round has closed since.
            guard let contest = contests.first(where: { $0.work == work }), contest.first != worker
            else { return }
            actions.append(.compare(work, first: contest.first, second: worker))
        }
    }

    /// Takes the fully connected segment of an answer that is to come.
    mutating func receivedEarlySegment(
        of work: Work,
        from worker: WorkerID,
        into actions: inout [Action]
    ) {
        guard case .running = state, current.takeEarlySegment(of: work, from: worker) else {
            return
        }
        actions.append(.acceptEarlySegment(work))
        if current.completeEarlySegments() { applyEarly(into: &actions) }
    }

    private func applyEarly(into actions: inout [Action]) {
        guard case .step(let index) = current.round else { return }
        actions.append(.applyEarlySegment(index: index))
    }

    /// Closes the rounds that are complete, then leases what there is to lease.
    mutating func advance(at now: Duration, into actions: inout [Action]) {
        while case .running = state, !awaitsVerdict, current.isComplete {
            close(current.round, into: &actions)
            watch.turn(at: now)
            guard let opened = next.take() else {
                close(.completed, at: now, into: &actions)
                return
            }
            next = current
            current = opened
            openNext()
            fadePaces()
            forgetOldContests(into: &actions)
        }
        dispatch(at: now, into: &actions)
    }

    /// Opens the round after the current one ahead of time, so that its samples travel while the
    /// current one is computed.
    mutating func openNext() {
        divideShares()
        let ahead = position.advanced(past: current.round)
        guard var opened = next.take(), let round = settings.schedule.round(after: ahead) else {
            return
        }
        opened.begin(round, at: ahead, in: settings.schedule, shares: shares)
        next = opened
    }

    /// What the completion of a round brings about.
    private mutating func close(_ round: Round, into actions: inout [Action]) {
        position = position.advanced(past: round)
        switch round {
        case .step(let index):
            noteSoleAnswers(of: index)
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

    /// Sends the parameters that the current round needs, for most workers have its samples
    /// already; then leases work to every worker that has room, one lease a worker in turn, and
    /// sends the parameters to those that had none of it.
    mutating func dispatch(at now: Duration, into actions: inout [Action]) {
        guard case .running = state else { return }
        for index in members.indices { sendParameters(to: index, into: &actions) }
        var isExhausted = false
        while !isExhausted {
            isExhausted = true
            for index in members.indices where lease(to: index, into: &actions) {
                isExhausted = false
            }
        }
        for index in members.indices { _ = hedge(index, at: now, into: &actions) }
        for index in members.indices { startLease(of: index, at: now) }
        for index in members.indices { sendParameters(to: index, into: &actions) }
        recomputeUnverifiable(into: &actions)
    }

    /// Does for one worker what `dispatch` does for all.
    private mutating func serve(
        _ worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard let index = members.firstIndex(where: { $0.worker == worker }) else { return }
        while lease(to: index, into: &actions) {}
        if current.leaseCount(of: worker) > 0 {
            // What it holds may now end later than another would be done with it.
            for other in members.indices where hedge(other, at: now, into: &actions) {
                start(other, at: now, into: &actions)
            }
        } else {
            _ = hedge(index, at: now, into: &actions)
        }
        start(index, at: now, into: &actions)
    }

    /// Starts the time of what a worker was leased, and sends it the parameters for that.
    private mutating func start(
        _ index: Int,
        at now: Duration,
        into actions: inout [Action]
    ) {
        startLease(of: index, at: now)
        sendParameters(to: index, into: &actions)
    }

    /// Leases a worker one more piece of work, if it has room and there is one.
    private mutating func lease(to index: Int, into actions: inout [Action]) -> Bool {
        let worker = members[index].worker
        let standsBy = index >= settings.workerCountAtOnce
        guard let work = nextWork(for: worker, standsBy: standsBy) else { return false }
        leaseTally.count += 1
        actions.append(.send(.work(work, settings.stamp), to: worker))
        return true
    }

    private mutating func nextWork(for worker: WorkerID, standsBy: Bool) -> Work? {
        // A round that begins anew must not wait for leases of the next one.
        let heldCount = current.leaseCount(of: worker)
        guard heldCount < Self.leaseCountMax else { return nil }
        if let subtree = current.lease(to: worker, standsBy: standsBy) {
            return current.work(subtree)
        }
        guard heldCount + (next?.leaseCount(of: worker) ?? 0) < Self.leaseCountMax,
            let subtree = next?.lease(to: worker, standsBy: standsBy)
        else { return nil }
        return next?.work(subtree)
    }

    /// Sends the current version to a worker that has a lease of the current round and not yet
    /// that version.
    private mutating func sendParameters(to index: Int, into actions: inout [Action]) {
        let worker = members[index].worker
        guard members[index].parametersVersion != current.version,
            current.leaseCount(of: worker) > 0
        else { return }
        members[index].parametersVersion = current.version
        actions.append(.send(.parameters(version: current.version, settings.stamp), to: worker))
    }
}
