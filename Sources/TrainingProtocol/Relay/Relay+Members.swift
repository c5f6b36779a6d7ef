/// Who takes part below a relay: joining, leaving, being lost.
extension Relay {
    mutating func received(
        _ message: WorkerMessage,
        from worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch message {
        case .hello(let version):
            join(worker, protocolVersion: version, at: now, into: &actions)
        case .answer(let work, let stamp):
            if let index = heard(worker, stamp, at: now, into: &actions) {
                let shardCount = assignments.shardCount(of: work)
                leasing.roster.learnPace(of: index, from: work, shardCount: shardCount, at: now)
            } else {
                loneliness.noteReturn(at: now)
                // Of one that was given up for lost it is as good as any other's.
                guard stamp == session?.stamp else { return }
            }
            answered(work, from: worker, at: now, into: &actions)
        case .earlySegment(let work, let stamp):
            guard heard(worker, stamp, at: now, into: &actions) != nil else { return }
            lease(at: now, into: &actions) { leasing, actions in
                leasing.rounds.takeEarlySegment(of: work, from: worker, into: &actions)
            }
        case .heartbeat(let stamp):
            _ = heard(worker, stamp, at: now, into: &actions)
        case .goodbye:
            lose(worker, .left, into: &actions)
        }
    }

    private mutating func heard(
        _ worker: WorkerID,
        _ stamp: RunStamp,
        at now: Duration,
        into actions: inout [Action]
    ) -> Int? {
        guard session != nil else {
            // It knows more of a run than the relay does; it obeys whatever the stamp is.
            actions.append(.sendDown(.rejoin(stamp), to: worker))
            return nil
        }
        var index: Int?
        lease(at: now, into: &actions) { index = $0.heard(worker, stamp, at: now, into: &$1) }
        return index
    }

    /// Takes a worker in, as soon as the coordinator has taken the relay in.
    private mutating func join(
        _ worker: WorkerID,
        protocolVersion version: Int,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard version == protocolVersion else {
            actions.append(.report(.workerRefused(worker, protocolVersion: version)))
            actions.append(.sendDown(.refusal(protocolVersion: protocolVersion), to: worker))
            return
        }
        if session != nil { return admit(worker, at: now, into: &actions) }
        if !waiting.contains(worker) { waiting.append(worker) }
        guard state == .alone else { return }
        state = .serving
        self.worker = Worker(settings: settings.above, at: now)
        tellAbove(.deadlineReached, at: now, into: &actions)
    }

    /// Welcomes a worker; one that says hello twice has lost its connection in between and starts
    /// afresh.
    mutating func admit(_ worker: WorkerID, at now: Duration, into actions: inout [Action]) {
        guard let session else { return }
        let known = leasing.roster.member(worker)
        if known != nil { lose(worker, .rejoined, into: &actions) }
        leasing.roster.add(worker, pace: known?.pace, at: now)
        actions.append(.sendDown(.welcome(session.input, session.stamp), to: worker))
        let workerCount = leasing.roster.workerCount
        actions.append(.report(.workerJoined(worker, workerCount: workerCount)))
    }

    /// Removes a worker and gives what it held to the others.
    mutating func lose(
        _ worker: WorkerID,
        _ loss: Coordinator.Loss,
        into actions: inout [Action]
    ) {
        waiting.removeAll { $0 == worker }
        // It may have been lost before: a transport reports a closed connection that a goodbye
        // announced.
        guard leasing.roster.index(of: worker) != nil else { return }
        leasing.remove(worker)
        let workerCount = leasing.roster.workerCount
        actions.append(.report(.workerLost(worker, loss, workerCount: workerCount)))
    }
}
