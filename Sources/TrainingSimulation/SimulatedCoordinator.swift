import TrainingProtocol

/// What a coordinator's process starts with.
struct SimulatedCheckpoint: Equatable, Sendable {
    var position: Position
    var state: RunState
    /// Workers that had given wrong answers by then.
    var distrusted: [WorkerID] = []
    /// What only one worker's word stands for.
    var soleAnswers: [SoleAnswers] = []
}

/// A coordinator's process: the machine, and what its service would hold and do, in virtual time.
struct SimulatedCoordinator: Sendable {
    /// What its actions ask of the world.
    enum Effect {
        case sent(CoordinatorMessage, Payload, to: WorkerID)
        case accepted(Work)
        case compared(Work, wrong: [WorkerID])
        case applied(index: Int)
        case saved(SimulatedCheckpoint)
        case reported(Coordinator.Notice)
    }

    private let start: Duration
    private let schedule: Schedule
    private var machine: Coordinator
    private var samples: ToySamples
    private var sums: [Round: TreeSum] = [:]
    /// Segments that have come ahead of their answers.
    private var early: [Round: [Subtree: (sum: ToyModel.Vector, faulty: WorkerID?)]] = [:]
    /// The sum of a round whose fully connected segment was applied before its end.
    private var earlyTotals: [Round: ToyModel.Vector] = [:]
    /// Wrong answers that are part of a round.
    private var tainted: [Round: [RunState.Taint]] = [:]
    /// Whose message is being taken.
    private var sender: WorkerID?
    private var kept: [Work: KeptAnswer] = [:]
    private(set) var state: RunState
    /// What the run finds on its disk.
    var checkpoints: [Position]
    private(set) var outcome: Coordinator.Outcome?
    /// What no run may do, found while it was done.
    private(set) var violation: String?
    private var inbox: [(Coordinator.Event, Payload)] = []
    var isFrozen = false

    /// An answer that another may contradict, and what it was computed with.
    private struct KeptAnswer: Sendable {
        let sum: ToyModel.Vector
        let parameters: ToyModel.Vector
    }

    init(
        options: SimulationOptions,
        generation: Int,
        seed: UInt64,
        checkpoint: SimulatedCheckpoint,
        checkpoints: [Position],
        at now: Duration
    ) {
        start = now
        schedule = options.schedule
        samples = ToySamples(schedule: schedule, seed: seed)
        state = checkpoint.state
        self.checkpoints = checkpoints
        var settings = Coordinator.Settings(
            stamp: RunStamp(run: seed, generation: UInt64(generation)),
            schedule: schedule,
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: options.workerCountMin,
            stepsPerCheckpoint: options.stepsPerCheckpoint
        )
        settings.heartbeatInterval = options.heartbeatInterval
        settings.silenceMax = options.silenceMax
        settings.verification = options.verification
        // Every fourth run has workers stand by.
        if seed % 4 == 3 { settings.workerCountAtOnce = 2 }
        settings.distrusted = checkpoint.distrusted
        settings.soleAnswers = checkpoint.soleAnswers
        machine = Coordinator(settings: settings, position: checkpoint.position)
    }

    /// Workers that have given wrong answers.
    var distrusted: [WorkerID] { machine.distrusted }

    /// What those leave in doubt.
    var unverified: [SoleAnswers] { machine.unverified }

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
        var events = [event]
        sender = if case .received(_, let worker) = event { worker } else { nil }
        while !events.isEmpty {
            for action in machine.handle(events.removeFirst(), at: now - start) {
                if let next = carryOut(action, payload, perform) { events.append(next) }
            }
        }
        violation = violation ?? machine.standstill
    }

    /// - Returns: what the machine must be told once its actions are done.
    private mutating func carryOut(
        _ action: Coordinator.Action,
        _ payload: Payload,
        _ perform: (Effect) -> Bool
    ) -> Coordinator.Event? {
        switch action {
        case .send(let message, let worker):
            let isSent = perform(.sent(message, self.payload(of: message), to: worker))
            return isSent ? nil : .disconnected(worker)
        case .accept(let work, let isKept):
            accept(work, payload, isKept: isKept)
            _ = perform(.accepted(work))
        case .acceptEarlySegment(let work): acceptEarly(work, payload)
        case .applyEarlySegment(let index): applyEarly(index: index)
        case .compare(let work, let first, let second):
            return compared(work, first, second, payload, perform)
        case .recompute(let work, let first):
            return compared(work, first, nil, payload, perform)
        case .forget(let work): kept[work] = nil
        case .findCheckpoint(let position):
            let newest = checkpoints.last { $0.isReached(by: position) }
            return .foundCheckpoint(newest, before: position)
        case .discard(let round):
            (sums[round], early[round], earlyTotals[round]) = (nil, nil, nil)
            tainted[round] = nil
        case .applyStep(let index): applyStep(index: index, perform)
        case .recordEpoch(let index):
            state.recordEpoch(takeTotal(of: .validation(epochIndex: index)))
        case .recordTest: state.recordTest(takeTotal(of: .test))
        case .saveCheckpoint(let position):
            let saved = SimulatedCheckpoint(
                position: position,
                state: state,
                distrusted: machine.distrusted,
                soleAnswers: machine.soleAnswers
            )
            _ = perform(.saved(saved))
        case .report(let notice): _ = perform(.reported(notice))
        case .end(let outcome): self.outcome = outcome
        }
        return nil
    }

    private mutating func compared(
        _ work: Work,
        _ first: WorkerID,
        _ second: WorkerID?,
        _ payload: Payload,
        _ perform: (Effect) -> Bool
    ) -> Coordinator.Event? {
        guard let kept = kept[work] else {
            violation = violation ?? "\(work) is compared with an answer that was not kept"
            return nil
        }
        let right = ToyModel.total(of: samples.samples(of: work), kept.parameters)
        var wrong = kept.sum == right ? [] : [first]
        if let second, case .sum(let sum, _) = payload, sum != right { wrong.append(second) }
        _ = perform(.compared(work, wrong: wrong))
        return .compared(work, wrong: wrong)
    }

    private mutating func payload(of message: CoordinatorMessage) -> Payload {
        switch message {
        case .work(let work, _): return .samples(samples.samples(of: work))
        case .parameters(let version, _):
            if version != machine.position.completedStepCount {
                violation = violation ?? "parameters \(version) are sent at \(machine.position)"
            }
            return .parameters(state.model.parameters)
        case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish: return .none
        }
    }

    private mutating func accept(_ work: Work, _ payload: Payload, isKept: Bool) {
        guard case .sum(let sum, let isWrong) = payload else {
            violation = violation ?? "\(work) is accepted without a payload"
            return
        }
        let shardCount = schedule.shardCount(of: work.round)
        if isWrong { taint(work, by: sender) }
        if isKept { kept[work] = KeptAnswer(sum: sum, parameters: state.model.parameters) }
        dropEarly(work)
        if !sums[work.round, default: TreeSum(shardCount: shardCount)].add(sum, at: work.subtree) {
            violation = violation ?? "\(work) is accepted twice"
        }
    }

    private mutating func taint(_ work: Work, by worker: WorkerID?) {
        guard let worker else { return }
        tainted[work.round, default: []].append(RunState.Taint(work: work, worker: worker))
    }

    /// Drops the segments that an answer brings again.
    private mutating func dropEarly(_ work: Work) {
        guard earlyTotals[work.round] == nil else { return }
        let shardCount = schedule.shardCount(of: work.round)
        let shards = work.subtree.shards(of: shardCount)
        early[work.round] = early[work.round]?.filter {
            !$0.key.shards(of: shardCount).overlaps(shards)
        }
    }

    private mutating func acceptEarly(_ work: Work, _ payload: Payload) {
        guard case .sum(let sum, let isWrong) = payload else {
            violation = violation ?? "a segment of \(work) is accepted without a payload"
            return
        }
        early[work.round, default: [:]][work.subtree] = (sum, isWrong ? sender : nil)
    }

    /// Completes the sum of a round with the segments that came ahead: half of the toy's numbers.
    private mutating func applyEarly(index: Int) {
        let round = Round.step(index: index)
        var sum = sums[round] ?? TreeSum(shardCount: schedule.shardCount(of: round))
        for (subtree, segment) in early[round] ?? [:] {
            taint(Work(round: round, subtree: subtree, version: index), by: segment.faulty)
            if !sum.add(segment.sum, at: subtree) {
                violation = violation ?? "a segment of \(round) is counted twice"
            }
        }
        if sum.total == nil || earlyTotals[round] != nil {
            violation = violation ?? "a segment of \(round) is applied before its sum is complete"
        }
        earlyTotals[round] = sum.total
    }

    private mutating func applyStep(index: Int, _ perform: (Effect) -> Bool) {
        let round = Round.step(index: index)
        let early = earlyTotals.removeValue(forKey: round)
        self.early[round] = nil
        guard var gradient = takeTotal(of: round) else {
            violation = violation ?? "step \(index) is applied before its sum is complete"
            return
        }
        if let early { gradient.highHalf = early.highHalf }
        state.applyStep(gradient, sampleCount: schedule.samples(of: round).count)
        _ = perform(.applied(index: index))
    }

    private mutating func takeTotal(of round: Round) -> ToyModel.Vector? {
        let total = sums.removeValue(forKey: round)?.total
        state.add(tainted.removeValue(forKey: round) ?? [])
        if total == nil, schedule.shardCount(of: round) > 0 {
            violation = violation ?? "\(round) is closed before its sum is complete"
        }
        return total
    }
}
