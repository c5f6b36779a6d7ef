/// Who takes part: joining, leaving, being lost.
extension Coordinator {
    /// A worker that was taken in.
    struct Member: Equatable, Sendable {
        let worker: WorkerID
        /// When it was taken in.
        let joined: Duration
        /// When it was last heard of.
        var lastHeard: Duration
        /// When the next heartbeat to it is due.
        var nextHeartbeat: Duration
        /// The version of the parameters that was sent to it last.
        var parametersVersion: Int?
        /// How fast it has been so far.
        var pace: Pace?
        /// What it should be computing; what it has not answered yet, oldest first.
        var beginnings: [Beginning] = []
        /// When it answered last.
        var lastAnswer = Duration.zero
    }

    mutating func received(
        _ message: WorkerMessage,
        from worker: WorkerID,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch state {
        case .closing: return receivedWhileClosing(message, from: worker, into: &actions)
        case .ended: return
        case .gathering, .running: break
        }
        if distrusted.contains(worker) {
            if message != .goodbye { actions.append(.send(.dismissal(settings.stamp), to: worker)) }
            return
        }
        switch message {
        case .hello(let version):
            join(worker, protocolVersion: version, at: now, into: &actions)
        case .answer(let work, let stamp):
            if let index = heard(worker, stamp, at: now) {
                learnPace(of: index, from: work, at: now)
            } else {
                // A slow worker may be silent for longer than it may be whenever it computes: if
                // its answers did not count, a run that has no other would never end.
                askToRejoin(worker, into: &actions)
                guard stamp == settings.stamp else { return }
            }
            answered(work, from: worker, at: now, into: &actions)
        case .earlySegment(let work, let stamp):
            if heard(worker, stamp, at: now) != nil {
                receivedEarlySegment(of: work, from: worker, into: &actions)
            } else {
                askToRejoin(worker, into: &actions)
            }
        case .heartbeat(let stamp):
            if heard(worker, stamp, at: now) == nil { askToRejoin(worker, into: &actions) }
        case .goodbye:
            lose(worker, .left, at: now, into: &actions)
        }
    }

    /// Takes a worker in; one that says hello twice has lost its connection in between and starts
    /// afresh.
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
        let known = members.first { $0.worker == worker }
        if known != nil { lose(worker, .rejoined, at: now, into: &actions) }
        members.append(
            Member(
                worker: worker,
                joined: now,
                lastHeard: now,
                nextHeartbeat: now + settings.heartbeatInterval,
                pace: known?.pace
            )
        )
        actions.append(.send(.welcome(settings.input, settings.stamp), to: worker))
        actions.append(.report(.workerJoined(worker, workerCount: workerCount)))
        if case .gathering = state {
            begin(at: now, into: &actions)
        } else {
            noticeSpareWorkers(into: &actions)
            dispatch(at: now, into: &actions)
        }
    }

    /// Starts the first round once enough workers are there.
    private mutating func begin(at now: Duration, into actions: inout [Action]) {
        let needed = settings.workerCountMin
        guard workerCount >= needed else {
            actions.append(.report(.waitingForWorkers(workerCount: workerCount, needed: needed)))
            return
        }
        noticeSpareWorkers(into: &actions)
        openRounds(at: now, into: &actions)
    }

    /// Says so when a batch has fewer shards than there are workers that could compute them.
    private func noticeSpareWorkers(into actions: inout [Action]) {
        let shardCount = settings.schedule.shardCount(of: .step(index: 0))
        let workerCount = min(workerCount, settings.workerCountAtOnce)
        guard workerCount > shardCount else { return }
        actions.append(.report(.workersSpare(workerCount: workerCount, shardCount: shardCount)))
    }

    /// Notes that `worker` lives and returns its place, unless it is no member or speaks of another
    /// start.
    private mutating func heard(
        _ worker: WorkerID,
        _ stamp: RunStamp,
        at now: Duration
    ) -> Int? {
        guard stamp == settings.stamp,
            let index = members.firstIndex(where: { $0.worker == worker })
        else { return nil }
        members[index].lastHeard = now
        return index
    }

    /// Answers a worker that was given up for lost, or that served an earlier start of the
    /// coordinator.
    private func askToRejoin(_ worker: WorkerID, into actions: inout [Action]) {
        actions.append(.send(.rejoin(settings.stamp), to: worker))
    }

    private mutating func receivedWhileClosing(
        _ message: WorkerMessage,
        from worker: WorkerID,
        into actions: inout [Action]
    ) {
        switch message {
        case .hello, .heartbeat:
            // It came too late to take part, and it may have missed the first `finish`.
            actions.append(.send(.finish(settings.stamp), to: worker))
        case .answer, .earlySegment:
            // Work of a round that was complete, or that the stop cut short.
            break
        case .goodbye:
            forget(worker, into: &actions)
        }
    }

    /// Removes a worker while closing; the last one to go ends the run.
    private mutating func forget(_ worker: WorkerID, into actions: inout [Action]) {
        members.removeAll { $0.worker == worker }
        guard case .closing(let outcome, _) = state, members.isEmpty else { return }
        state = .ended
        actions.append(.end(outcome))
    }

    /// Removes a worker and gives what it held to the others.
    mutating func lose(
        _ worker: WorkerID,
        _ loss: Loss,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard members.contains(where: { $0.worker == worker }) else {
            // It was lost before: a transport reports a closed connection that a goodbye announced.
            return
        }
        switch state {
        case .ended:
            break
        case .closing:
            forget(worker, into: &actions)
        case .gathering:
            members.removeAll { $0.worker == worker }
            actions.append(.report(.workerLost(worker, loss, workerCount: workerCount)))
        case .running:
            members.removeAll { $0.worker == worker }
            current.release(worker, heirCount: members.count)
            next?.release(worker, heirCount: members.count)
            actions.append(.report(.workerLost(worker, loss, workerCount: workerCount)))
            if members.isEmpty, loss != .rejoined {
                actions.append(.report(.waitingForWorkers(workerCount: 0, needed: 1)))
            }
            dispatch(at: now, into: &actions)
        }
    }
}
