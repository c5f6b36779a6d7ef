/// Who takes part: joining, leaving, being lost.
extension Coordinator {
    /// A worker that was taken in.
    struct Member: Equatable, Sendable {
        let worker: WorkerID
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
        at now: Duration
    ) -> [Action] {
        if case .closing = state { return receivedWhileClosing(message, from: worker) }
        if case .ended = state { return [] }
        if distrusted.contains(worker) {
            return message == .goodbye ? [] : [.send(.dismissal(settings.stamp), to: worker)]
        }
        switch message {
        case .hello(let version):
            return join(worker, protocolVersion: version, at: now)
        case .answer(let work, let stamp):
            if let index = heard(worker, stamp, at: now) {
                learnPace(of: index, from: work, at: now)
                return answered(work, from: worker, at: now)
            }
            // A slow worker may be silent for longer than it may be whenever it computes: if its
            // answers did not count, a run that has no other would never end.
            let actions = askToRejoin(worker)
            guard stamp == settings.stamp else { return actions }
            return actions + answered(work, from: worker, at: now)
        case .earlySegment(let work, let stamp):
            guard heard(worker, stamp, at: now) != nil else { return askToRejoin(worker) }
            return receivedEarlySegment(of: work, from: worker)
        case .heartbeat(let stamp):
            return heard(worker, stamp, at: now) == nil ? askToRejoin(worker) : []
        case .goodbye:
            return lose(worker, .left, at: now)
        }
    }

    /// Takes a worker in; one that says hello twice has lost its connection in between and starts
    /// afresh.
    private mutating func join(
        _ worker: WorkerID,
        protocolVersion version: Int,
        at now: Duration
    ) -> [Action] {
        guard version == protocolVersion else {
            return [
                .report(.workerRefused(worker, protocolVersion: version)),
                .send(.refusal(protocolVersion: protocolVersion), to: worker),
            ]
        }
        var actions: [Action] = []
        let known = members.first { $0.worker == worker }
        if known != nil {
            actions += lose(worker, .rejoined, at: now)
        }
        members.append(
            Member(
                worker: worker,
                lastHeard: now,
                nextHeartbeat: now + settings.heartbeatInterval,
                pace: known?.pace
            )
        )
        actions.append(.send(.welcome(settings.input, settings.stamp), to: worker))
        actions.append(.report(.workerJoined(worker, workerCount: workerCount)))
        if case .gathering = state {
            return actions + begin(at: now)
        }
        return actions + noticeOfSpareWorkers() + dispatch(at: now)
    }

    /// Starts the first round once enough workers are there.
    private mutating func begin(at now: Duration) -> [Action] {
        guard workerCount >= settings.workerCountMin else {
            return [
                .report(
                    .waitingForWorkers(workerCount: workerCount, needed: settings.workerCountMin)
                )
            ]
        }
        return noticeOfSpareWorkers() + openRounds(at: now)
    }

    /// Says so when a batch has fewer shards than there are workers.
    private func noticeOfSpareWorkers() -> [Action] {
        let shardCount = settings.schedule.shardCount(of: .step(index: 0))
        guard workerCount > shardCount else { return [] }
        return [.report(.workersSpare(workerCount: workerCount, shardCount: shardCount))]
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
    private func askToRejoin(_ worker: WorkerID) -> [Action] {
        [.send(.rejoin(settings.stamp), to: worker)]
    }

    private mutating func receivedWhileClosing(
        _ message: WorkerMessage,
        from worker: WorkerID
    ) -> [Action] {
        switch message {
        case .hello, .heartbeat:
            // It came too late to take part, and it may have missed the first `finish`.
            return [.send(.finish(settings.stamp), to: worker)]
        case .answer, .earlySegment:
            // Work of a round that was complete, or that the stop cut short.
            return []
        case .goodbye:
            return forget(worker)
        }
    }

    /// Removes a worker while closing; the last one to go ends the run.
    private mutating func forget(_ worker: WorkerID) -> [Action] {
        members.removeAll { $0.worker == worker }
        guard case .closing(let outcome, _) = state, members.isEmpty else { return [] }
        state = .ended
        return [.end(outcome)]
    }

    /// Removes a worker and gives what it held to the others.
    mutating func lose(_ worker: WorkerID, _ loss: Loss, at now: Duration) -> [Action] {
        guard members.contains(where: { $0.worker == worker }) else {
            // It was lost before: a transport reports a closed connection that a goodbye announced.
            return []
        }
        switch state {
        case .ended:
            return []
        case .closing:
            return forget(worker)
        case .gathering:
            members.removeAll { $0.worker == worker }
            return [.report(.workerLost(worker, loss, workerCount: workerCount))]
        case .running(var current, var next):
            members.removeAll { $0.worker == worker }
            current.release(worker, heirCount: members.count)
            next?.release(worker, heirCount: members.count)
            state = .running(current: current, next: next)
            var actions: [Action] = [
                .report(.workerLost(worker, loss, workerCount: workerCount))
            ]
            if members.isEmpty, loss != .rejoined {
                actions.append(.report(.waitingForWorkers(workerCount: 0, needed: 1)))
            }
            return actions + dispatch(at: now)
        }
    }
}
