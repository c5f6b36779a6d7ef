import TrainingProtocol

/// What a coordinator's process starts with.
struct SimulatedCheckpoint: Equatable, Sendable {
    var position: Position
    var state: RunState
}

/// A coordinator's process: the machine, and what its service would hold and do, in virtual time.
struct SimulatedCoordinator: Sendable {
    /// What its actions ask of the world.
    enum Effect {
        case sent(CoordinatorMessage, Payload, to: WorkerID)
        case accepted(Work)
        case applied(index: Int)
        case saved(SimulatedCheckpoint)
        case reported(Coordinator.Notice)
    }

    private let start: Duration
    private let schedule: Schedule
    private var machine: Coordinator
    private var samples: ToySamples
    private var sums: [Round: TreeSum] = [:]
    private(set) var state: RunState
    private(set) var outcome: Coordinator.Outcome?
    /// What no run may do, found while it was done.
    private(set) var violation: String?
    private var inbox: [(Coordinator.Event, Payload)] = []
    var isFrozen = false

    init(
        options: SimulationOptions,
        generation: Int,
        seed: UInt64,
        checkpoint: SimulatedCheckpoint,
        at now: Duration
    ) {
        start = now
        schedule = options.schedule
        samples = ToySamples(schedule: schedule, seed: seed)
        state = checkpoint.state
        var settings = Coordinator.Settings(
            stamp: RunStamp(run: seed, generation: UInt64(generation)),
            schedule: schedule,
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: options.workerCountMin,
            stepsPerCheckpoint: options.stepsPerCheckpoint
        )
        settings.heartbeatInterval = options.heartbeatInterval
        settings.silenceMax = options.silenceMax
        machine = Coordinator(settings: settings, position: checkpoint.position)
    }

    /// When it wants to be woken.
    var nextDeadline: Duration? { machine.nextDeadline.map { start + $0 } }

    mutating func hear(_ event: Coordinator.Event, _ payload: Payload) {
        inbox.append((event, payload))
    }

    /// One turn of the loop: all that has arrived, then the deadline.
    mutating func takeTurn(at now: Duration, _ perform: (Effect) -> Bool) {
        guard outcome == nil, !isFrozen else { return }
        for (event, payload) in inbox where outcome == nil {
            handle(event, payload, at: now, perform)
        }
        inbox = []
        if outcome == nil, let deadline = nextDeadline, deadline <= now {
            handle(.deadlineReached, .none, at: now, perform)
        }
    }

    /// - Parameter perform: carries an effect out; false if a message's receiver cannot be reached.
    private mutating func handle(
        _ event: Coordinator.Event,
        _ payload: Payload,
        at now: Duration,
        _ perform: (Effect) -> Bool
    ) {
        var unreachable: [WorkerID] = []
        var event = event
        while true {
            for action in machine.handle(event, at: now - start) {
                switch action {
                case .send(let message, let worker):
                    let isSent = perform(.sent(message, self.payload(of: message), to: worker))
                    if !isSent { unreachable.append(worker) }
                case .accept(let work):
                    accept(work, payload)
                    _ = perform(.accepted(work))
                case .applyStep(let index):
                    applyStep(index: index)
                    _ = perform(.applied(index: index))
                case .recordEpoch(let index):
                    state.recordEpoch(takeTotal(of: .validation(epochIndex: index)))
                case .recordTest: state.recordTest(takeTotal(of: .test))
                case .saveCheckpoint(let position):
                    _ = perform(.saved(SimulatedCheckpoint(position: position, state: state)))
                case .report(let notice): _ = perform(.reported(notice))
                case .end(let outcome): self.outcome = outcome
                }
            }
            guard let worker = unreachable.popLast() else { return }
            event = .disconnected(worker)
        }
    }

    private mutating func payload(of message: CoordinatorMessage) -> Payload {
        switch message {
        case .work(let work, _): return .samples(samples.samples(of: work))
        case .parameters(let version, _):
            if version != machine.position.completedStepCount {
                violation = violation ?? "parameters \(version) are sent at \(machine.position)"
            }
            return .parameters(state.model.parameters)
        case .welcome, .refusal, .heartbeat, .rejoin, .finish: return .none
        }
    }

    private mutating func accept(_ work: Work, _ payload: Payload) {
        guard case .sum(let sum) = payload else {
            violation = violation ?? "\(work) is accepted without a payload"
            return
        }
        let shardCount = schedule.shardCount(of: work.round)
        if !sums[work.round, default: TreeSum(shardCount: shardCount)].add(sum, at: work.subtree) {
            violation = violation ?? "\(work) is accepted twice"
        }
    }

    private mutating func applyStep(index: Int) {
        let round = Round.step(index: index)
        guard let gradient = takeTotal(of: round) else {
            violation = violation ?? "step \(index) is applied before its sum is complete"
            return
        }
        state.applyStep(gradient, sampleCount: schedule.samples(of: round).count)
    }

    private mutating func takeTotal(of round: Round) -> ToyModel.Vector? {
        let total = sums.removeValue(forKey: round)?.total
        if total == nil, schedule.shardCount(of: round) > 0 {
            violation = violation ?? "\(round) is closed before its sum is complete"
        }
        return total
    }
}
