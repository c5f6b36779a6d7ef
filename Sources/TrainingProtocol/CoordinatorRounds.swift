/// How work flows: rounds open, are leased, are answered, and close.
extension Coordinator {
    /// Leases that a worker may hold at once, those of the next round included: enough to keep it
    /// busy, few enough
    /// that no queue grows.
    static let leaseCountMax = 8

    /// Opens the first round of this start, or ends where nothing is left to do.
    mutating func openRounds(at now: Duration) -> [Action] {
        guard let round = settings.schedule.round(after: position) else {
            return close(.completed, at: now)
        }
        state = .running(current: open(round, from: position), next: openNext(after: round))
        watch.begin(at: now)
        return advance(at: now)
    }

    /// Takes an answer, unless it is there already: late is not wrong as long as it is missing.
    ///
    /// It may be of the next round, where that is computed with the same parameters: the first step
    /// of an epoch need not wait for the validation of the one before.
    mutating func answered(
        _ work: Work,
        from worker: WorkerID,
        at now: Duration
    ) -> [Action] {
        guard case .running(var current, var next) = state else { return [] }
        // Nobody can have computed with parameters that are not made yet.
        guard work.version <= position.completedStepCount else { return [] }
        var taking = current.take(work, from: worker)
        if taking == .unneeded { taking = next?.take(work, from: worker) ?? .unneeded }
        switch taking {
        case .first(let isContested):
            let isWhole = current.completeEarlySegments()
            state = .running(current: current, next: next)
            if isContested {
                let others = current.earlyWorkers(of: work).filter { $0 != worker }
                contests.append(Contest(work: work, first: worker, earlyWorkers: others))
            }
            return [.accept(work, isKept: isContested)] + applyEarly(isWhole, current)
                + advance(at: now)
        case .second(let first):
            return [.compare(work, first: first, second: worker)]
        case .unneeded:
            // Another worker was faster, or the round has closed since.
            guard let contest = contests.first(where: { $0.work == work }), contest.first != worker
            else { return [] }
            return [.compare(work, first: contest.first, second: worker)]
        }
    }

    /// Takes the fully connected segment of an answer that is to come.
    mutating func receivedEarlySegment(of work: Work, from worker: WorkerID) -> [Action] {
        guard case .running(var current, let next) = state,
            current.takeEarlySegment(of: work, from: worker)
        else { return [] }
        let isWhole = current.completeEarlySegments()
        state = .running(current: current, next: next)
        return [.acceptEarlySegment(work)] + applyEarly(isWhole, current)
    }

    private func applyEarly(_ isWhole: Bool, _ current: RoundProgress) -> [Action] {
        guard isWhole, case .step(let index) = current.round else { return [] }
        return [.applyEarlySegment(index: index)]
    }

    /// Closes the rounds that are complete, then leases what there is to lease.
    mutating func advance(at now: Duration) -> [Action] {
        var actions: [Action] = []
        while case .running(let current, let next) = state, current.isComplete {
            actions += close(current.round)
            watch.turn(at: now)
            guard let next else { return actions + close(.completed, at: now) }
            let opened = openNext(after: next.round)
            state = .running(current: next, next: opened)
            fadePaces(of: opened)
            actions += forgetOldContests()
        }
        return actions + dispatch(at: now)
    }

    func open(_ round: Round, from position: Position) -> RoundProgress {
        RoundProgress(
            round: round,
            version: position.completedStepCount,
            shardCount: settings.schedule.shardCount(of: round),
            shares: shares,
            verification: settings.verification
        )
    }

    /// The round after `round`, opened ahead of time so that its samples travel while `round` is
    /// computed.
    private func openNext(after round: Round) -> RoundProgress? {
        let ahead = position.advanced(past: round)
        return settings.schedule.round(after: ahead).map { open($0, from: ahead) }
    }

    /// What the completion of a round brings about.
    private mutating func close(_ round: Round) -> [Action] {
        position = position.advanced(past: round)
        switch round {
        case .step(let index):
            let isDue =
                settings.stepsPerCheckpoint > 0
                && position.completedStepCount % settings.stepsPerCheckpoint == 0
            let endsEpoch = position.completedStepCount % settings.schedule.stepsPerEpoch == 0
            let isSaved = isDue && !endsEpoch
            return [.applyStep(index: index)] + (isSaved ? [.saveCheckpoint(position)] : [])
        case .validation(let epochIndex):
            return [.recordEpoch(index: epochIndex), .saveCheckpoint(position)]
        case .test:
            return [.recordTest]
        }
    }

    /// Sends the parameters that the current round needs, for most workers have its samples
    /// already;
    /// then leases work to every worker that has room, one lease a worker in turn, and sends the
    /// parameters to those that had none of it.
    mutating func dispatch(at now: Duration) -> [Action] {
        guard case .running(var current, var next) = state else { return [] }
        var actions = sendParameters(for: current)
        var isExhausted = false
        while !isExhausted {
            isExhausted = true
            for worker in members.map(\.worker) {
                guard let work = lease(to: worker, from: &current, or: &next) else { continue }
                actions.append(.send(.work(work, settings.stamp), to: worker))
                isExhausted = false
            }
        }
        actions += hedge(&current, at: now)
        startLeases(of: &current, at: now)
        state = .running(current: current, next: next)
        actions += sendParameters(for: current)
        return actions + recomputeUnverifiable(in: current)
    }

    private func lease(
        to worker: WorkerID,
        from current: inout RoundProgress,
        or next: inout RoundProgress?
    ) -> Work? {
        // A round that begins anew must not wait for leases of the next one.
        let heldCount = current.leaseCount(of: worker)
        guard heldCount < Self.leaseCountMax else { return nil }
        if let subtree = current.lease(to: worker) {
            return current.work(subtree)
        }
        guard heldCount + (next?.leaseCount(of: worker) ?? 0) < Self.leaseCountMax,
            let subtree = next?.lease(to: worker)
        else { return nil }
        return next?.work(subtree)
    }

    /// Sends the current version to every worker that has a lease of the current round and not yet
    /// that version.
    private mutating func sendParameters(for current: RoundProgress) -> [Action] {
        members.indices.compactMap { index in
            let member = members[index]
            guard member.parametersVersion != current.version,
                current.leaseCount(of: member.worker) > 0
            else { return nil }
            members[index].parametersVersion = current.version
            return .send(
                .parameters(version: current.version, settings.stamp),
                to: member.worker
            )
        }
    }
}
