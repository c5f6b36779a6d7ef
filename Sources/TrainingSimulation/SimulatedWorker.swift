import TrainingProtocol

/// A worker's process: the machine, and what its service would hold and do, in virtual time.
///
/// It follows the service's loop: connection changes first, then all messages, then the deadline,
/// then one computation, during which it hears nothing.
struct SimulatedWorker: Equatable, Sendable {
    /// What one turn of the loop brought.
    struct Turn {
        var sent: [(WorkerMessage, Payload)] = []
        /// A computation began.
        var computing: Work?
        /// Samples were not there when they were to be computed.
        var lacking: Work?
    }

    let id: WorkerID
    /// Tells the process from those before it in the same place.
    let incarnation: Int
    private let start: Duration
    private var machine: Worker
    private var changes: [Bool] = []
    private var inbox: [(message: CoordinatorMessage, payload: Payload)] = []
    private var samples: [Work: [UInt32]] = [:]
    private var parameters = ToyModel.Vector.zero
    private var pending: Work?
    private var answer = Payload.none
    /// What the computation under way comes to, once its early segment was sent.
    private var early: Payload?
    private var computing: Work?
    private(set) var outcome: Worker.Outcome?
    /// Makes an answer wrong; nil for an honest worker.
    private var processor: FaultyProcessor?
    var isFrozen = false
    var isAskedToLeave = false
    /// A computation that ended while the process stood still.
    var isResultWaiting = false

    init(
        id: WorkerID,
        incarnation: Int,
        processor: FaultyProcessor?,
        options: SimulationOptions,
        at now: Duration
    ) {
        self.processor = processor
        self.id = id
        self.incarnation = incarnation
        start = now
        var settings = Worker.Settings()
        settings.patience = options.patience
        settings.heartbeatInterval = options.heartbeatInterval
        settings.silenceMax = options.silenceMax
        machine = Worker(settings: settings, at: .zero)
    }

    static func == (left: SimulatedWorker, right: SimulatedWorker) -> Bool {
        left.id == right.id && left.incarnation == right.incarnation
    }

    /// When it wants to be woken.
    var nextDeadline: Duration? { machine.nextDeadline.map { start + $0 } }

    /// Whether it takes turns: it neither ended nor computes nor stands still.
    var isListening: Bool { outcome == nil && !isFrozen && computing == nil }

    mutating func hear(_ message: CoordinatorMessage, _ payload: Payload) {
        inbox.append((message, payload))
    }

    mutating func hear(isConnected: Bool) { changes.append(isConnected) }

    /// One turn of the loop.
    mutating func takeTurn(at now: Duration) -> Turn {
        var turn = Turn()
        guard isListening else { return turn }
        if isAskedToLeave { handle(.leaveRequested, .none, at: now, &turn) }
        for isConnected in changes {
            handle(isConnected ? .connected : .disconnected, .none, at: now, &turn)
        }
        changes = []
        for (message, payload) in inbox where outcome == nil {
            handle(.received(message), payload, at: now, &turn)
        }
        inbox = []
        if outcome == nil, let deadline = nextDeadline, deadline <= now {
            handle(.deadlineReached, .none, at: now, &turn)
        }
        if outcome == nil, let work = pending {
            pending = nil
            if samples[work] == nil { turn.lacking = work } else { computing = work }
            turn.computing = computing
        }
        return turn
    }

    /// Sends the fully connected segment of the computation that `takeTurn` began.
    mutating func endEarlySegment(at now: Duration) -> [(WorkerMessage, Payload)] {
        guard let work = computing else { return [] }
        let sum = compute(work)
        early = sum
        return machine.handle(.computedEarlySegment(work), at: now - start).compactMap { action in
            if case .send(let message) = action { (message, sum) } else { nil }
        }
    }

    private mutating func compute(_ work: Work) -> Payload {
        let total = ToyModel.total(of: samples[work] ?? [], parameters)
        let wrong = processor?.wrong(total)
        return .sum(wrong ?? total, isWrong: wrong != nil)
    }

    /// Ends the computation that `takeTurn` began, and takes the next turn.
    mutating func endComputing(at now: Duration) -> Turn {
        guard let work = computing else { return Turn() }
        computing = nil
        isResultWaiting = false
        answer = early ?? compute(work)
        early = nil
        samples[work] = nil
        var turn = Turn()
        handle(.computed(work), .none, at: now, &turn)
        let next = takeTurn(at: now)
        turn.sent += next.sent
        turn.computing = next.computing
        turn.lacking = next.lacking
        return turn
    }

    private mutating func handle(
        _ event: Worker.Event,
        _ payload: Payload,
        at now: Duration,
        _ turn: inout Turn
    ) {
        for action in machine.handle(event, at: now - start) {
            switch action {
            case .send(let message): send(message, &turn)
            case .prepare: (samples, pending) = ([:], nil)
            case .storeSamples(let work):
                if case .samples(let numbers) = payload { samples[work] = numbers }
            case .storeParameters:
                if case .parameters(let vector) = payload { parameters = vector }
            case .discardSamples(let work):
                samples[work] = nil
                if pending == work { pending = nil }
            case .compute(let work): pending = work
            case .end(let outcome): self.outcome = outcome
            }
        }
    }

    private mutating func send(_ message: WorkerMessage, _ turn: inout Turn) {
        if case .answer = message {
            turn.sent.append((message, answer))
            answer = .none
        } else {
            turn.sent.append((message, .none))
        }
    }
}
