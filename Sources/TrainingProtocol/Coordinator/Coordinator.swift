/// The coordinator's machine: it takes workers in, leases the shards of one round after another,
/// and says when a round's sum is complete.
///
/// ```
///             enough workers                    last round complete
/// gathering ────────────────▶ running ────────────────────────────▶ closing ──▶ ended
///     │                          │   stopRequested                     ▲
///     └──────────────────────────┴─────────────────────────────────────┘
/// ```
///
/// It holds no float, clock or socket. Time comes with each event; payloads stay with the service,
/// which carries out the actions in their order: the order is the contract.
package struct Coordinator: Equatable, Sendable {
    enum State: Equatable, Sendable {
        /// Not enough workers have come yet.
        case gathering
        /// Rounds are computed: the current one and, leased ahead, the next.
        case running
        /// All is decided; workers take leave.
        case closing(Closing)
        /// The service was told to end.
        case ended
    }

    var settings: Settings
    var state = State.gathering
    /// Whether the last epoch is not judged yet.
    var awaitsVerdict = false
    /// Who computes what.
    var leasing: Leasing
    /// Whose word counts.
    package internal(set) var trust: Trust
    /// How far the run has come.
    package internal(set) var position: Position
    /// What is to be expected after the last event.
    package private(set) var outlook = Outlook()

    /// Starts a run at `position`.
    ///
    /// - Returns from `handle`: nothing happens before the first event; a service asks for
    ///   `nextDeadline` at once.
    package init(settings: Settings, position: Position) {
        self.settings = settings
        self.position = position
        leasing = Leasing(settings)
        trust = Trust(settings)
    }

    /// Workers that take part.
    package var workerCount: Int { outlook.workerCount }

    /// Whether all is decided, and workers take leave.
    package var isClosing: Bool { outlook.isClosing }

    /// When `deadlineReached` is due at the latest; it is the service's poll timeout.
    package var nextDeadline: Duration? { outlook.deadline }

    /// Workers that have given wrong answers.
    package var distrusted: [WorkerID] { trust.distrusted }

    /// What only one worker's word stands for, by worker in the order of their first such step.
    package var soleAnswers: [SoleAnswers] { trust.soleAnswers }

    /// What each worker that was found wrong leaves in doubt, in the order in which they were
    /// found.
    package var unverified: [SoleAnswers] { trust.unverified }

    /// Whether a worker is one of those that compute, and does not stand by.
    package func computes(_ worker: WorkerID) -> Bool {
        leasing.roster.computing.contains { $0.worker == worker }
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
        switch event {
        case .received(let message, let worker):
            received(message, from: worker, at: now, into: &actions)
        case .compared(let work, let wrong):
            compared(work, wrong: wrong, at: now, into: &actions)
        case .refuted(let work, let worker):
            refuted(work, of: worker, at: now, into: &actions)
        case .disconnected(let worker):
            lose(worker, .disconnected, at: now, into: &actions)
        case .foundCheckpoint(let found, let position):
            foundCheckpoint(found, before: position, at: now, into: &actions)
        case .judged(let isEnough):
            judged(isEnough: isEnough, at: now, into: &actions)
        case .deadlineReached:
            deadlineReached(at: now, into: &actions)
        case .stopRequested:
            stopRequested(at: now, into: &actions)
        }
        outlook.update(state, leasing)
    }

    private mutating func deadlineReached(at now: Duration, into actions: inout [Action]) {
        switch state {
        case .gathering, .running:
            let silent = leasing.roster.silent(at: now)
            for worker in silent { lose(worker, .silent, at: now, into: &actions) }
            leasing.roster.beat(settings.stamp, at: now, into: &actions)
            leasing.nameDebtors(at: now, into: &actions)
            leasing.renewOverdueLeases(at: now, into: &actions)
            dispatch(at: now, into: &actions)
        case .closing(let closing):
            guard closing.deadline <= now else { return }
            state = .ended
            actions.append(.end(closing.outcome))
        case .ended:
            break
        }
    }

    private mutating func stopRequested(at now: Duration, into actions: inout [Action]) {
        switch state {
        case .gathering, .running:
            actions.append(.saveCheckpoint(position))
            close(.stopped, at: now, into: &actions)
        case .closing, .ended:
            // A second request changes nothing: the end is under way.
            break
        }
    }

    /// Tells every worker that its part is over; ends at once where there is none.
    mutating func close(_ outcome: Outcome, at now: Duration, into actions: inout [Action]) {
        let closing = Closing(outcome, of: leasing.roster, settings, at: now, into: &actions)
        state = closing.next(into: &actions)
    }
}
