/// A relay's machine: a worker to the coordinator above, and a coordinator to the workers below.
///
/// ```
///           hello from below                     finish from above
/// alone ─────────────────────▶ serving ─────────────────────────────▶ closing ──▶ ended
///   ▲                            │  │                                              ▲
///   └── no worker for a while ───┘  └── refusal, dismissal, patience, leaveRequested
/// ```
///
/// What the `Worker` machine calls computing is, here, to lease the parts of a piece of work to
/// workers and to add their answers: the sum over a subtree has the same bits whoever makes it. A
/// relay remembers nothing that matters, so it may give up all that it holds and join again. It
/// holds no float, clock or socket, as the other machines.
package struct Relay: Equatable, Sendable {
    /// How a relay behaves in time.
    package struct Settings: Equatable, Sendable {
        /// How it behaves as a worker.
        package var above = Worker.Settings()
        /// How often it shows its workers that it lives, and how long it takes part without any, if
        /// none has ever been silent for longer only because it computed.
        package var heartbeatInterval: Duration = .seconds(1)
        /// After how much silence a worker counts as lost.
        package var silenceMax: Duration = .seconds(10)
        /// How long workers have to take leave at the end.
        package var closingMax: Duration = .seconds(2)

        /// Describes the default behaviour.
        package init() {}
    }

    enum State: Equatable, Sendable {
        /// No worker is there, so the relay takes no part.
        case alone
        /// Takes part, or looks for the coordinator.
        case serving
        /// The run is over; workers take leave.
        case closing(Closing, Worker.Outcome)
        /// Has nothing more to do.
        case ended
    }

    /// What the coordinator's last welcome said.
    struct Session: Equatable, Sendable {
        let input: InputSettings
        let stamp: RunStamp
    }

    let settings: Settings
    var state = State.alone
    /// The relay as the coordinator knows it.
    var worker: Worker
    /// What workers are told in a welcome; nil as long as the coordinator has not said it.
    var session: Session?
    /// Workers that are welcomed once the relay is.
    var waiting: [WorkerID] = []
    /// Who computes what.
    var leasing: Leasing
    /// What the coordinator has leased.
    var assignments = Assignments()
    /// How long it has been without workers.
    var loneliness: Loneliness
    private var isToLeave = false
    /// What the machines inside have said last: kept for their memory.
    private var above: [Worker.Action] = []
    private var below: [Coordinator.Action] = []

    /// When `deadlineReached` is due at the latest; it is the service's poll timeout.
    package private(set) var nextDeadline: Duration?

    /// Waits for workers.
    package init(settings: Settings) {
        self.settings = settings
        loneliness = Loneliness(bearing: settings.heartbeatInterval)
        worker = Worker(settings: settings.above, at: .zero)
        leasing = Leasing(settings, RunStamp(run: 0, generation: 0))
    }

    /// Workers that take part, and those that are about to.
    package var workerCount: Int { leasing.roster.workerCount + waiting.count }

    /// Takes one event and says what to do, in order.
    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        var actions: [Action] = []
        handle(event, at: now, into: &actions)
        return actions
    }

    /// Takes one event and appends what to do, in order.
    package mutating func handle(_ event: Event, at now: Duration, into actions: inout [Action]) {
        switch state {
        case .alone, .serving: serve(event, at: now, into: &actions)
        case .closing(let closing, let outcome):
            close(closing, outcome, event, at: now, into: &actions)
        case .ended: break
        }
        lookAhead(at: now)
    }

    private mutating func serve(_ event: Event, at now: Duration, into actions: inout [Action]) {
        switch event {
        case .connected: tellAbove(.connected, at: now, into: &actions)
        case .disconnected: tellAbove(.disconnected, at: now, into: &actions)
        case .receivedFromAbove(let message, let shardCount):
            tellAbove(.received(message), shardCount: shardCount, at: now, into: &actions)
        case .receivedFromBelow(let message, let worker):
            received(message, from: worker, at: now, into: &actions)
        case .lost(let worker): lose(worker, .disconnected, into: &actions)
        case .deadlineReached: deadlineReached(at: now, into: &actions)
        case .leaveRequested: leave(at: now, into: &actions)
        }
        advance(at: now, into: &actions)
    }

    private mutating func deadlineReached(at now: Duration, into actions: inout [Action]) {
        tellAbove(.deadlineReached, at: now, into: &actions)
        for worker in leasing.roster.silent(at: now) { lose(worker, .silent, into: &actions) }
        if let session {
            lease(at: now, into: &actions) { leasing, actions in
                leasing.roster.beat(session.stamp, at: now, into: &actions)
                leasing.nameDebtors(at: now, into: &actions)
                leasing.renewOverdueLeases(at: now, into: &actions)
            }
        }
        if let end = loneliness.end, end <= now {
            tellAbove(.leaveRequested, at: now, into: &actions)
        }
    }

    private mutating func leave(at now: Duration, into actions: inout [Action]) {
        isToLeave = true
        if state == .serving { return tellAbove(.leaveRequested, at: now, into: &actions) }
        state = .ended
        actions.append(.end(.left))
    }

    /// Foresees what is asked at every turn.
    private mutating func lookAhead(at now: Duration) {
        loneliness.note(workerCount: workerCount, at: now)
        switch state {
        case .alone, .ended: nextDeadline = nil
        case .closing(let closing, _): nextDeadline = closing.deadline
        case .serving:
            nextDeadline = [worker.nextDeadline, leasing.nextDeadline, loneliness.end].lazy
                .compactMap { $0 }.min()
        }
    }

    /// Lets what leases to workers have its way, and passes on what it says.
    mutating func lease(
        at now: Duration,
        into actions: inout [Action],
        _ body: (inout Leasing, inout [Coordinator.Action]) -> Void
    ) {
        body(&leasing, &below)
        for action in below {
            switch action {
            case .send(let message, let worker): actions.append(.sendDown(message, to: worker))
            case .report(let notice): actions.append(.report(notice))
            case .acceptEarlySegment(let work):
                guard let whole = assignments.current?.work else { break }
                actions.append(.acceptEarlySegment(work, of: whole))
            case .applyEarlySegment: sendEarlySegment(at: now, into: &actions)
            case .accept, .compare, .recompute, .forget, .findCheckpoint, .discard, .applyStep,
                .recordEpoch, .recordTest, .saveCheckpoint, .end:
                preconditionFailure("\(action) is not a relay's to say")
            }
        }
        below.removeAll(keepingCapacity: true)
    }
}

/// The relay as a worker.
extension Relay {
    /// Tells the machine that the coordinator knows what has happened, and does what it says.
    ///
    /// - Parameter shardCount: how many shards the samples make that came.
    mutating func tellAbove(
        _ event: Worker.Event,
        shardCount: Int = 0,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard state == .serving else { return }
        worker.handle(event, at: now, into: &above)
        for action in above {
            switch action {
            case .send(let message): actions.append(.sendUp(message))
            case .prepare(let input):
                guard case .received(.welcome(_, let stamp)) = event else {
                    preconditionFailure("\(event) is no welcome")
                }
                begin(Session(input: input, stamp: stamp), at: now, into: &actions)
            case .storeSamples(let work):
                assignments.add(work, shardCount: shardCount)
                actions.append(.storeSamples(work))
            case .storeParameters(let version): actions.append(.storeParameters(version: version))
            case .discardSamples(let work):
                giveUp(work)
                actions.append(.discard(work))
            case .compute(let work): compute(work, at: now, into: &actions)
            case .end(let outcome): end(outcome, after: event, at: now, into: &actions)
            }
        }
        above.removeAll(keepingCapacity: true)
    }

    /// Takes part from now on; who was welcomed to an earlier start of the coordinator must ask
    /// again.
    private mutating func begin(
        _ session: Session,
        at now: Duration,
        into actions: inout [Action]
    ) {
        actions.append(.prepare(session.input))
        assignments = Assignments()
        leasing.rounds.closeParts()
        if self.session?.stamp != session.stamp {
            askToRejoin(session.stamp, into: &actions)
            leasing = Leasing(settings, session.stamp)
        }
        self.session = session
        for worker in waiting { admit(worker, at: now, into: &actions) }
        waiting = []
    }

    private func askToRejoin(_ stamp: RunStamp, into actions: inout [Action]) {
        for member in leasing.roster.members {
            actions.append(.sendDown(.rejoin(stamp), to: member.worker))
        }
    }

    private mutating func end(
        _ outcome: Worker.Outcome,
        after event: Worker.Event,
        at now: Duration,
        into actions: inout [Action]
    ) {
        for assignment in assignments.all { actions.append(.discard(assignment.work)) }
        assignments = Assignments()
        leasing.rounds.closeParts()
        switch outcome {
        case .left where !isToLeave:
            state = .alone
            session = nil
        case .finished:
            guard case .received(.finish(let stamp)) = event else {
                preconditionFailure("\(event) finishes nothing")
            }
            for worker in waiting { leasing.roster.add(worker, pace: nil, at: now) }
            var closing: Closing?
            let end = now + settings.closingMax
            lease(at: now, into: &actions) {
                closing = Closing(.completed, of: $0.roster, stamp, until: end, into: &$1)
            }
            wait(for: closing, outcome, into: &actions)
        case .left, .refused, .dismissed, .coordinatorMissing:
            // Their next coordinator, or the next start of this relay, welcomes them.
            if let session { askToRejoin(session.stamp, into: &actions) }
            state = .ended
            actions.append(.end(outcome))
        }
    }

    private mutating func wait(
        for closing: Closing?,
        _ outcome: Worker.Outcome,
        into actions: inout [Action]
    ) {
        if let closing, !closing.workers.isEmpty {
            state = .closing(closing, outcome)
        } else {
            state = .ended
            actions.append(.end(outcome))
        }
    }

    /// Waits until every worker has taken leave, or has had its time.
    private mutating func close(
        _ closing: Closing,
        _ outcome: Worker.Outcome,
        _ event: Event,
        at now: Duration,
        into actions: inout [Action]
    ) {
        var closing: Closing? = closing
        switch event {
        case .receivedFromBelow(let message, let worker):
            lease(at: now, into: &actions) { closing?.received(message, from: worker, into: &$1) }
        case .lost(let worker): closing?.lose(worker)
        case .deadlineReached: if let end = closing?.deadline, end <= now { closing = nil }
        case .connected, .disconnected, .receivedFromAbove, .leaveRequested: break
        }
        wait(for: closing, outcome, into: &actions)
    }
}

extension Leasing {
    /// Has neither workers nor parts of rounds yet.
    fileprivate init(_ settings: Relay.Settings, _ stamp: RunStamp) {
        let roster = Roster(
            workerCountAtOnce: .max,
            heartbeatInterval: settings.heartbeatInterval,
            silenceMax: settings.silenceMax
        )
        self.init(roster, verification: .none, stamp)
    }
}
