/// How work flows through a relay: it is leased from above, divided, answered below, and answered.
extension Relay {
    /// Begins with a piece of work whose parameters are there.
    mutating func compute(_ work: Work, at now: Duration, into actions: inout [Action]) {
        let wasAhead = assignments.begin(work)
        guard let current = assignments.current else {
            preconditionFailure("\(work) is to be computed and was not leased")
        }
        if wasAhead {
            _ = leasing.rounds.turn(at: now)
        } else {
            leasing.rounds.beginPart(current.shape, among: leasing.roster, at: now)
            leasing.roster.fadePaces(without: leasing.rounds.current.offers)
            actions.append(.beginSum(work, shardCount: current.shardCount))
        }
    }

    /// Drops what is answered, or not to be computed any more.
    mutating func giveUp(_ work: Work) {
        if assignments.current?.work == work { leasing.rounds.closePart() }
        if assignments.next?.work == work { leasing.rounds.next = nil }
        assignments.remove(work)
    }

    /// Takes an answer, unless it is there already: late is not wrong.
    mutating func answered(
        _ work: Work,
        from worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard let whole = assignments.whole(of: work)?.work,
            case .first = leasing.rounds.take(work, from: worker)
        else { return }
        actions.append(.accept(work, of: whole))
        if leasing.rounds.current.completeEarlySegments() != nil {
            sendEarlySegment(at: now, into: &actions)
        }
    }

    /// Sends the segment of the whole ahead, for every part's is there.
    mutating func sendEarlySegment(at now: Duration, into actions: inout [Action]) {
        guard let work = assignments.current?.work else { return }
        tellAbove(.computedEarlySegment(work), at: now, into: &actions)
    }

    /// Answers what is complete, then leases what there is to lease.
    mutating func advance(at now: Duration, into actions: inout [Action]) {
        while let work = assignments.current?.work, leasing.rounds.current.answers.areComplete {
            giveUp(work)
            tellAbove(.computed(work), at: now, into: &actions)
            actions.append(.discard(work))
        }
        guard state == .serving else { return }
        if assignments.lookAhead() { openNext(into: &actions) }
        lease(at: now, into: &actions) { $0.dispatch(at: now, into: &$1) }
    }

    private mutating func openNext(into actions: inout [Action]) {
        let next = assignments.next
        leasing.rounds.lookAhead(to: next?.shape, among: leasing.roster)
        guard let next, let offers = leasing.rounds.next?.offers else { return }
        leasing.roster.fadePaces(without: offers)
        actions.append(.beginSum(next.work, shardCount: next.shardCount))
    }
}

/// What must hold whenever the relay has taken an event, so that no run stands still.
extension Relay {
    /// What would let the work that is leased to the relay stand still; nil if nothing does.
    package var standstill: String? {
        mutating get {
            guard state == .serving, assignments.current != nil else { return nil }
            return leasing.stalledShard ?? leasing.stalledWorker()
        }
    }
}
