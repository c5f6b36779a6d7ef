/// Who takes part: joining, leaving, being lost.
extension Coordinator {
    mutating func received(
        _ message: WorkerMessage,
        from worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch state {
        case .closing(var closing):
            closing.received(message, from: worker, into: &actions)
            state = closing.next(into: &actions)
            return
        case .ended: return
        case .gathering, .running: break
        }
        if trust.distrusts(worker) {
            if message != .goodbye { actions.append(.send(.dismissal(settings.stamp), to: worker)) }
            return
        }
        switch message {
        case .hello(let version):
            join(worker, protocolVersion: version, at: now, into: &actions)
        case .answer(let work, let stamp):
            if let index = leasing.heard(worker, stamp, at: now, into: &actions) {
                leasing.learnPace(of: index, from: work, in: settings.schedule, at: now)
            } else {
                // A slow worker may be silent for longer than it may be whenever it computes: if
                // its answers did not count, a run that has no other would never end.
                guard stamp == settings.stamp else { return }
            }
            answered(work, from: worker, at: now, into: &actions)
        case .earlySegment(let work, let stamp):
            if leasing.heard(worker, stamp, at: now, into: &actions) != nil {
                leasing.rounds.takeEarlySegment(of: work, from: worker, into: &actions)
            }
        case .heartbeat(let stamp):
            _ = leasing.heard(worker, stamp, at: now, into: &actions)
        case .goodbye:
            lose(worker, .left, at: now, into: &actions)
        }
    }

    /// Takes a worker in; one that says hello twice has lost its connection in between and starts
    /// afresh.
    ///
    /// The first round starts once enough workers are there.
    private mutating func join(
        _ worker: WorkerID,
        protocolVersion version: Int,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard version == protocolVersion else {
            actions.append(.report(.workerRefused(worker, protocolVersion: version)))
            actions.append(.send(.refusal(protocolVersion: protocolVersion), to: worker))
            return
        }
        let known = leasing.roster.member(worker)
        if known != nil { lose(worker, .rejoined, at: now, into: &actions) }
        leasing.roster.add(worker, pace: known?.pace, at: now)
        let workerCount = leasing.roster.workerCount
        actions.append(.send(.welcome(settings.input, settings.stamp), to: worker))
        actions.append(.report(.workerJoined(worker, workerCount: workerCount)))
        let isGathering = state == .gathering
        let needed = settings.workerCountMin
        if isGathering, workerCount < needed {
            actions.append(.report(.waitingForWorkers(workerCount: workerCount, needed: needed)))
            return
        }
        // A batch may have fewer shards than there are workers that could compute them.
        let shardCount = settings.schedule.shardCount(of: .step(index: 0))
        let computing = leasing.roster.computing.count
        if computing > shardCount {
            actions.append(.report(.workersSpare(workerCount: computing, shardCount: shardCount)))
        }
        if isGathering {
            openRounds(at: now, into: &actions)
        } else {
            dispatch(at: now, into: &actions)
        }
    }

    /// Removes a worker and gives what it held to the others.
    mutating func lose(
        _ worker: WorkerID,
        _ loss: Loss,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch state {
        case .ended:
            break
        case .closing(var closing):
            closing.lose(worker)
            state = closing.next(into: &actions)
        case .gathering, .running:
            guard leasing.roster.index(of: worker) != nil else {
                // It was lost before: a transport reports a closed connection that a goodbye
                // announced.
                return
            }
            leasing.remove(worker)
            let workerCount = leasing.roster.workerCount
            actions.append(.report(.workerLost(worker, loss, workerCount: workerCount)))
            guard case .running = state else { return }
            if workerCount == 0, loss != .rejoined {
                actions.append(.report(.waitingForWorkers(workerCount: 0, needed: 1)))
            }
            dispatch(at: now, into: &actions)
        }
    }
}
