/// The worker's machine: it joins, collects work and parameters, and computes whatever it has both
/// for.
///
/// ```
///            welcome                      finish, refusal, leaveRequested
/// joining ───────────▶ serving ─────────────────────────────────────────▶ ended
///   ▲ │                   │                                                 ▲
///   │ └──────── out of patience, refusal, finish, leaveRequested ───────────┘
///   └─── rejoin, silence, disconnected (from serving)
/// ```
///
/// A worker remembers nothing that matters: (parameters, samples) → gradient. So it may give up
/// everything it holds whenever in doubt, and join again.
package struct Worker: Equatable, Sendable {
    /// What happened.
    package enum Event: Equatable, Sendable {
        /// The transport has a connection, for the first time or again.
        case connected

        /// The transport lost its connection; it tries to get another by itself.
        case disconnected

        /// The coordinator's message arrived; if it has a payload, the service holds it until the
        /// actions are done.
        case received(CoordinatorMessage)

        /// The service has computed the fully connected segment of the work that `compute` named,
        /// and it is worth sending ahead.
        case computedEarlySegment(Work)

        /// The service has computed the work that `compute` named.
        case computed(Work)

        /// The parameters were written over while the service computed the work that `compute`
        /// named: its round is over.
        case overtaken(Work)

        /// The time of `nextDeadline` has come.
        case deadlineReached

        /// The operator asked the worker to leave.
        case leaveRequested
    }

    /// What the service must do.
    package enum Action: Equatable, Sendable {
        /// Sends a message; the payload of an answer, or of its early segment, is what was computed
        /// last.
        case send(WorkerMessage)

        /// Gets ready for samples that become inputs in this way; what was stored before is void.
        case prepare(InputSettings)

        /// Stores the payload just received as this work's samples.
        case storeSamples(Work)

        /// Takes the payload just received as the parameters of this version.
        case storeParameters(version: Int)

        /// Drops the samples of work that will not be computed, even if `compute` named it last.
        case discardSamples(Work)

        /// Computes, then comes back with `computed`. There is one at a time.
        case compute(Work)

        /// Ends the service.
        case end(Outcome)
    }

    /// How a worker's service ended.
    package enum Outcome: Equatable, Sendable {
        /// The coordinator said that the run is over.
        case finished
        /// The operator asked for it.
        case left
        /// The coordinator speaks this other version of the protocol.
        case refused(protocolVersion: Int)
        /// The coordinator found a wrong answer of this worker.
        case dismissed
        /// No coordinator was found for as long as the worker was told to try.
        case coordinatorMissing
    }

    /// How a worker behaves in time.
    package struct Settings: Equatable, Sendable {
        /// How long to look for a coordinator, at the start and after losing it.
        package var patience: Duration = .seconds(600)
        /// How often `hello` is repeated until a welcome.
        package var helloInterval: Duration = .milliseconds(250)
        /// How often each side shows that it lives.
        package var heartbeatInterval: Duration = .seconds(1)
        /// After how much silence the coordinator counts as gone.
        package var silenceMax: Duration = .seconds(10)

        /// Describes the default behaviour.
        package init() {}
    }

    /// What a worker holds for one start of one run.
    private struct Session: Equatable, Sendable {
        let stamp: RunStamp
        var lastHeard: Duration
        var nextHeartbeat: Duration
        var version: Int?
        var computing: Work?
    }

    private enum State: Equatable, Sendable {
        /// Looks for the coordinator until `giveUp`.
        case joining(nextHello: Duration, giveUp: Duration)
        /// Takes part.
        case serving(Session)
        /// Has nothing more to do.
        case ended
    }

    private let settings: Settings
    private var state: State
    /// What the session is leased and has not begun.
    private var queue: [Work] = []

    /// The work that is computed next, as far as it can be told: its samples may be converted while
    /// the worker waits for parameters.
    package private(set) var nextWork: Work?

    /// When `deadlineReached` is due at the latest; it is the service's poll timeout.
    package private(set) var nextDeadline: Duration?

    /// Starts looking for a coordinator.
    package init(settings: Settings, at now: Duration) {
        self.settings = settings
        state = .joining(nextHello: now, giveUp: now + settings.patience)
        lookAhead()
    }

    /// Foresees what is asked at every turn.
    private mutating func lookAhead() {
        nextWork = nil
        switch state {
        case .joining(let nextHello, let giveUp):
            nextDeadline = min(nextHello, giveUp)
        case .serving(let session):
            nextDeadline = min(session.nextHeartbeat, session.lastHeard + settings.silenceMax)
            if session.computing == nil { nextWork = queue.first }
        case .ended:
            nextDeadline = nil
        }
    }

    /// Takes one event and says what to do, in order.
    package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        var actions: [Action] = []
        handle(event, at: now, into: &actions)
        return actions
    }

    /// Takes one event and appends what to do, in order: optimized code allocates nothing in a
    /// steady step.
    package mutating func handle(
        _ event: Event,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch (event, state) {
        case (_, .ended):
            break
        case (.connected, .joining(_, let giveUp)):
            state = .joining(nextHello: now + settings.helloInterval, giveUp: giveUp)
            actions.append(hello)
        case (.connected, .serving), (.disconnected, .joining):
            // The transport reports late what a welcome, or its absence, has told already.
            break
        case (.disconnected, .serving):
            // What was in flight may be lost: only a fresh start is sure.
            rejoin(at: now, into: &actions)
        case (.received(let message), _):
            received(message, at: now, into: &actions)
        case (.computedEarlySegment(let work), .serving(let session)):
            guard session.computing == work else { break }
            actions.append(.send(.earlySegment(work, session.stamp)))
        case (.computed(let work), .serving(let session)):
            computed(work, in: session, at: now, into: &actions)
        case (.overtaken(let work), .serving(let session)):
            overtaken(work, in: session, into: &actions)
        case (.computed, .joining), (.computedEarlySegment, .joining), (.overtaken, .joining):
            // It belonged to a session that is over.
            break
        case (.deadlineReached, .joining(let nextHello, let giveUp)):
            lookOut(nextHello, giveUp, at: now, into: &actions)
        case (.deadlineReached, .serving(let session)):
            watch(session, at: now, into: &actions)
        case (.leaveRequested, .joining), (.leaveRequested, .serving):
            actions.append(.send(.goodbye))
            end(.left, into: &actions)
        }
        lookAhead()
    }

    private var hello: Action { .send(.hello(protocolVersion: protocolVersion)) }

    private mutating func end(_ outcome: Outcome, into actions: inout [Action]) {
        state = .ended
        actions.append(.end(outcome))
    }

    private mutating func rejoin(at now: Duration, into actions: inout [Action]) {
        state = .joining(
            nextHello: now + settings.helloInterval,
            giveUp: now + settings.patience
        )
        actions.append(hello)
    }

    private mutating func lookOut(
        _ nextHello: Duration,
        _ giveUp: Duration,
        at now: Duration,
        into actions: inout [Action]
    ) {
        if giveUp <= now { return end(.coordinatorMissing, into: &actions) }
        guard nextHello <= now else { return }
        state = .joining(nextHello: now + settings.helloInterval, giveUp: giveUp)
        actions.append(hello)
    }

    private mutating func watch(
        _ session: Session,
        at now: Duration,
        into actions: inout [Action]
    ) {
        if session.lastHeard + settings.silenceMax <= now {
            return rejoin(at: now, into: &actions)
        }
        guard session.nextHeartbeat <= now else { return }
        var session = session
        session.nextHeartbeat = now + settings.heartbeatInterval
        state = .serving(session)
        actions.append(.send(.heartbeat(session.stamp)))
    }
}

/// Messages and the work that they bring.
extension Worker {
    private mutating func received(
        _ message: CoordinatorMessage,
        at now: Duration,
        into actions: inout [Action]
    ) {
        switch (message, state) {
        case (.welcome(let input, let stamp), .joining):
            state = .serving(
                Session(
                    stamp: stamp,
                    lastHeard: now,
                    nextHeartbeat: now + settings.heartbeatInterval
                )
            )
            queue.removeAll(keepingCapacity: true)
            actions.append(.prepare(input))
        case (.refusal(let version), _):
            end(.refused(protocolVersion: version), into: &actions)
        case (.dismissal, .joining), (.dismissal, .serving):
            end(.dismissed, into: &actions)
        case (.rejoin, .serving):
            rejoin(at: now, into: &actions)
        case (.finish, .joining), (.finish, .serving):
            actions.append(.send(.goodbye))
            end(.finished, into: &actions)
        case (.work(let work, let stamp), .serving(let session)) where stamp == session.stamp:
            take(work, in: session, at: now, into: &actions)
        case (.parameters(let version, let stamp), .serving(let session))
        where stamp == session.stamp:
            take(version, in: session, at: now, into: &actions)
        case (.heartbeat(let stamp), .serving(var session)) where stamp == session.stamp:
            session.lastHeard = now
            state = .serving(session)
        case (.welcome, _), (.work, _), (.parameters, _), (.heartbeat, _), (.rejoin, _),
            (.finish, .ended), (.dismissal, .ended):
            // Late is not wrong: it is of a session that is over, or a second welcome to a repeated
            // hello. Several messages of an old session bring as many `rejoin`s: one hello is
            // enough.
            break
        }
    }

    private mutating func take(
        _ work: Work,
        in session: Session,
        at now: Duration,
        into actions: inout [Action]
    ) {
        var session = session
        session.lastHeard = now
        defer { state = .serving(session) }
        guard work.version >= session.version ?? 0 else { return }
        // A repeated hello makes the coordinator lease the same again.
        guard session.computing != work, !queue.contains(work) else { return }
        queue.append(work)
        actions.append(.storeSamples(work))
        startComputing(in: &session, into: &actions)
    }

    private mutating func take(
        _ version: Int,
        in session: Session,
        at now: Duration,
        into actions: inout [Action]
    ) {
        var session = session
        session.lastHeard = now
        defer { state = .serving(session) }
        guard version > session.version ?? -1 else { return }
        session.version = version
        actions.append(.storeParameters(version: version))
        // What was to be computed next would be computed with the wrong parameters.
        if let computing = session.computing, computing.version < version {
            session.computing = nil
            actions.append(.discardSamples(computing))
        }
        for work in queue where work.version < version { actions.append(.discardSamples(work)) }
        queue.removeAll { $0.version < version }
        startComputing(in: &session, into: &actions)
    }

    private mutating func computed(
        _ work: Work,
        in session: Session,
        at now: Duration,
        into actions: inout [Action]
    ) {
        guard session.computing == work else { return }
        var session = session
        session.computing = nil
        session.nextHeartbeat = now + settings.heartbeatInterval
        actions.append(.send(.answer(work, session.stamp)))
        startComputing(in: &session, into: &actions)
        state = .serving(session)
    }

    /// Goes on without an answer, which nobody needs and which would be wrong.
    private mutating func overtaken(
        _ work: Work,
        in session: Session,
        into actions: inout [Action]
    ) {
        guard session.computing == work else { return }
        var session = session
        session.computing = nil
        // They are not there any more: should they be needed again, they will be sent again.
        if session.version == work.version { session.version = nil }
        startComputing(in: &session, into: &actions)
        state = .serving(session)
    }

    /// Begins with the oldest work whose parameters are there, unless it is busy.
    private mutating func startComputing(
        in session: inout Session,
        into actions: inout [Action]
    ) {
        guard session.computing == nil, let version = session.version,
            let index = queue.firstIndex(where: { $0.version == version })
        else { return }
        let work = queue.remove(at: index)
        session.computing = work
        actions.append(.compute(work))
    }
}
