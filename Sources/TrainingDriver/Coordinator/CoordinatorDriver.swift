package import TrainingProtocol
package import Transport

/// Runs the coordinator's machine: takes events in, carries actions out.
///
/// It is the same over a network and in the simulation, which brings a transport, numbers, a disk
/// and a clock of its own. Payloads never reach the machine. One thread owns all of it.
package final class CoordinatorDriver<
    Carrier: CoordinatorTransport,
    Numbers: CoordinatorNumbers,
    Keeper: CheckpointKeeper,
    Clock: CoordinatorClock
>
where
    Numbers.Payloads == Carrier.Payloads, Clock.Payloads == Carrier.Payloads,
    Keeper.Numbers == Numbers
{
    /// What travels with messages.
    package typealias Payloads = Carrier.Payloads

    /// What carries the messages.
    package let transport: Carrier
    /// The run's numbers.
    package let numbers: Numbers
    /// Where checkpoints go.
    package let keeper: Keeper
    /// What tells the time.
    package let clock: Clock
    let observer: any CoordinatorObserver
    var start: RunStart
    /// What decides.
    package internal(set) var machine: Coordinator
    /// What has come of the run.
    package internal(set) var progress: RunProgress
    var intake: Intake
    /// What carrying actions out has brought up; told to the machine once they are done.
    var events: [Coordinator.Event] = []
    /// What the machine has said last: kept for its memory.
    private var actions: [Coordinator.Action] = []

    /// What bounds what may come in.
    struct Intake {
        var foreign = ForeignTraffic()
        var joins: JoinLimit
    }

    /// Will serve over a transport that workers reach.
    package init(
        _ start: RunStart,
        _ numbers: Numbers,
        over transport: Carrier,
        keeper: Keeper,
        clock: Clock,
        observer: any CoordinatorObserver
    ) {
        self.start = start
        self.numbers = numbers
        self.transport = transport
        self.keeper = keeper
        self.clock = clock
        self.observer = observer
        intake = Intake(joins: start.joinLimit)
        machine = Coordinator(settings: start.settings, position: start.position)
        progress = RunProgress(start, at: .zero)
        shareParameters()
    }

    /// Keeps the parameters where the workers of this host read them.
    func shareParameters() {
        guard let memory = transport.parameterMemory else { return }
        numbers.shareParameters(in: memory, version: start.position.completedStepCount)
    }

    /// Whether the machine has said that the run has ended.
    package var hasEnded: Bool { progress.outcome != nil }

    /// When the next turn is due at the latest; nil for any time.
    package var deadline: Duration? {
        guard let first = machine.outlook.deadline, let second = transport.deadline else {
            return machine.outlook.deadline ?? transport.deadline
        }
        return min(first, second)
    }

    /// What would let the run stand still; nil if nothing does.
    package var standstill: String? { machine.standstill }

    /// How many messages came to nothing, by kind.
    package var droppedMessages: [String: Int] { intake.foreign.counts }

    var schedule: Schedule { start.settings.schedule }

    /// Deals with what has happened.
    ///
    /// - Throws: when the transport fails in a way that no run survives; when a wrong answer was
    ///   found too late and no checkpoint from before it is left.
    package func turn(isStopped: Bool) throws {
        if isStopped { try handle(.stopRequested) }
        try takeLosses()
        try receive()
        if let deadline = machine.outlook.deadline, deadline <= clock.now {
            try handle(.deadlineReached)
        }
        keeper.tellOutcomes()
        if case .corrupted(let position)? = progress.outcome { try goBack(to: position) }
    }

    /// Tells the machine what happened, and does what it says.
    ///
    /// - Parameter arrival: what brought the event, if a message did.
    func handle(
        _ event: Coordinator.Event,
        with arrival: WorkerArrival<Payloads>? = nil
    ) throws(Carrier.Failure) {
        events.append(event)
        while !events.isEmpty {
            machine.handle(events.removeFirst(), at: clock.now, into: &actions)
            for action in actions { try perform(action, arrival) }
            tellStep()
            actions.removeAll(keepingCapacity: true)
        }
        progress.workerCountMax = max(progress.workerCountMax, machine.outlook.workerCount)
    }

    private func perform(
        _ action: Coordinator.Action,
        _ arrival: WorkerArrival<Payloads>?
    ) throws(Carrier.Failure) {
        if case .send = action {} else { tellStep() }
        switch action {
        case .send(let message, let worker): try send(message, to: worker)
        case .accept(let work, let isKept):
            clock.lap(.receive)
            accept(work, arrival, isKept: isKept)
            clock.lap(.reduce)
        case .compare(let work, let first, _): compare(work, first, arrival)
        case .recompute(let work, let first): compare(work, first, nil)
        case .forget(let work): numbers.forget(work)
        case .findCheckpoint(let position):
            events.append(.foundCheckpoint(keeper.newest(before: position), before: position))
        case .acceptEarlySegment(let work):
            guard let gradient = arrival?.gradient else {
                preconditionFailure("an early segment of \(work) is accepted without its payload")
            }
            clock.lap(.receive)
            numbers.acceptEarlySegment(of: work, gradient)
        case .applyEarlySegment(let index): numbers.applyEarlySegment(index: index)
        case .discard(let round):
            numbers.discard(round)
            if round == .step(index: machine.position.completedStepCount) { numbers.abandonStep() }
        case .applyStep(let index): applyStep(index: index)
        case .recordEpoch(let index): recordEpoch(index: index)
        case .recordTest:
            progress.test = takeMetrics(of: .test)
            progress.averageTest = numbers.averageMetrics(of: .test)
        case .saveCheckpoint(let position):
            saveCheckpoint(at: position)
            clock.lap(.record)
        case .report(let notice): observer.didNotice(notice)
        case .end(let outcome): progress.outcome = outcome
        }
    }
}
