import Figures
package import TrainingProtocol
package import Transport

/// Runs the worker's machine: takes events in, computes, carries actions out.
///
/// It is the same over a network and in the simulation, which brings a transport, numbers and a
/// clock of its own. One thread owns all of it, computing included: a worker that hangs while it
/// computes sends no heartbeat.
package final class WorkerDriver<
    Carrier: WorkerTransport,
    Numbers: WorkerNumbers,
    Clock: DriverClock
> where Numbers.Payloads == Carrier.Payloads {
    /// What travels with messages.
    package typealias Payloads = Carrier.Payloads

    /// What carries the messages.
    package let transport: Carrier
    private let numbers: Numbers
    /// What tells the time.
    package let clock: Clock
    private let observer: any WorkerObserver
    private var machine: Worker
    /// What the machine has said last: kept for its memory.
    private var actions: [Worker.Action] = []
    /// How the machine has said that it has ended; nil as long as it has not.
    package private(set) var outcome: Worker.Outcome?
    private var parameters: Payloads.Parameters?
    private var samples = SampleStore<Payloads.Samples>()
    private var work: Work?
    private var answer: WorkerAnswer<Payloads>?
    private var intake = MessageIntake()

    /// Will compute for a coordinator that a transport looks for.
    package init(
        _ numbers: Numbers,
        over transport: Carrier,
        settings: Worker.Settings,
        clock: Clock,
        observer: any WorkerObserver
    ) {
        self.transport = transport
        self.numbers = numbers
        self.clock = clock
        self.observer = observer
        machine = Worker(settings: settings, at: .zero)
    }

    /// Whether something is to be computed at the next turn.
    package var isBusy: Bool { work != nil }

    /// When the next turn is due at the latest; nil for any time.
    package var deadline: Duration? {
        guard let first = machine.nextDeadline, let second = transport.deadline else {
            return machine.nextDeadline ?? transport.deadline
        }
        return min(first, second)
    }

    /// Uses the time until something comes: what can be done ahead is.
    package func prepareToWait() {
        if work == nil { prepareNextWork() }
        clock.lap(.receive)
        if work == nil, numbers.answerCount > 0 { transport.lookOut(for: .microseconds(200)) }
    }

    /// Deals with what has happened, and computes what is to be computed.
    ///
    /// - Throws: when the transport fails in a way that no worker survives.
    package func turn(isToLeave: Bool) throws(Carrier.Failure) {
        clock.lap(.wait)
        if isToLeave { try handle(.leaveRequested) }
        while let change = try transport.nextConnectionChange(at: clock.now) {
            try handle(change == .made ? .connected : .disconnected)
        }
        if let line = transport.searchLine(at: clock.now) { observer.searchGoesOn(line) }
        try takeMessages()
        if outcome == nil, let deadline = machine.nextDeadline, deadline <= clock.now {
            try handle(.deadlineReached)
        }
        if outcome == nil, let work { try compute(work) }
    }

    /// Takes what has come, until there is something to compute: that does not wait for the rest.
    ///
    /// The rest is taken before anything else is computed. A worker that is slower than its
    /// coordinator repeats itself would otherwise never learn that its work is void.
    private func takeMessages() throws(Carrier.Failure) {
        var isRestTaken = false
        while outcome == nil, !isRestTaken, work == nil || intake.isRestDue {
            if let received = try transport.receive() {
                try take(received)
            } else {
                isRestTaken = true
            }
        }
        intake.isRestDue = !isRestTaken
    }

    private func take(_ received: WorkerReceived<Payloads>) throws(Carrier.Failure) {
        switch received {
        case .message(let arrival):
            var payload = arrival.payload
            defer { payload.free() }
            if case .offer(let offer) = payload { _ = transport.open(offer, at: clock.now) }
            try handle(.received(arrival.message), with: &payload)
        case .parametersBegun, .late: break
        case .payloadPortOpened(let port): observer.payloadPortDidOpen(port)
        case .payloadPortFailed(let port, let reason):
            observer.payloadPortDidFail(port, reason: reason)
        case .rejected(let reason, let kind):
            guard let line = intake.lines.note("dropped \(reason)", ofKind: kind, at: clock.now)
            else {
                return
            }
            observer.didReceiveForeignBytes(reason: line)
        }
    }

    private func handle(_ event: Worker.Event) throws(Carrier.Failure) {
        var nothing = CoordinatorArrival<Payloads>.Payload.none
        try handle(event, with: &nothing)
    }

    /// Tells the machine what happened and does what it says; what it keeps of the payload is taken
    /// from there.
    private func handle(
        _ event: Worker.Event,
        with payload: inout CoordinatorArrival<Payloads>.Payload
    ) throws(Carrier.Failure) {
        if event == .disconnected { observer.willLookForCoordinator() }
        var actions: [Worker.Action] = []
        swap(&actions, &self.actions)
        machine.handle(event, at: clock.now, into: &actions)
        for action in actions { try perform(action, &payload) }
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &self.actions)
    }

    private func perform(
        _ action: Worker.Action,
        _ payload: inout CoordinatorArrival<Payloads>.Payload
    ) throws(Carrier.Failure) {
        switch action {
        case .send(let message):
            clock.lap(.receive)
            if message == .goodbye { try sendProfile() }
            try send(message)
            clock.lap(.send)
        case .prepare(let input):
            guard case .offer(let offer) = payload else { preconditionFailure("no welcome came") }
            prepare(input, offer)
        case .storeSamples(let work): samples.store(payload.takeSamples(), of: work)
        case .storeParameters:
            guard case .parameters(let stored) = payload else {
                preconditionFailure("no parameters came")
            }
            parameters = stored
        case .discardSamples(let work):
            samples.remove(work)
            if self.work == work { self.work = nil }
        case .compute(let work): self.work = work
        case .end(let outcome): self.outcome = outcome
        }
    }

    private func send(_ message: WorkerMessage) throws(Carrier.Failure) {
        // What does not go is not waited for: the machine repeats what matters.
        guard message.hasAnswer, let answer else {
            _ = try transport.send(message, LossSums(), nil)
            return
        }
        self.answer = nil
        _ = try transport.send(message, answer.sums, answer.gradient)
    }

    /// Tells the coordinator what the time since its welcome was spent on.
    private func sendProfile() throws(Carrier.Failure) {
        guard let profile = numbers.profile(into: transport.takeGradientBuffer()) else { return }
        _ = try transport.send(profile)
    }

    private func prepare(_ input: InputSettings, _ offer: Payloads.Offer) {
        samples.removeAll()
        parameters = nil
        work = nil
        guard numbers.prepare(input, offer) else {
            observer.inputIsUnknown(input)
            outcome = .left
            return
        }
        transport.wasWelcomed()
        observer.didJoin()
    }

    /// Sends the fully connected segment of a gradient while the convolutions' is computed.
    private func sendAhead(
        _ gradient: Payloads.Buffer,
        of work: Work,
        _ parameters: Payloads.Parameters
    ) throws(Carrier.Failure) {
        transport.makeWay()
        guard transport.wantsEarlySegments, parameters.isIntact else { return }
        answer = WorkerAnswer(gradient: gradient)
        try handle(.computedEarlySegment(work))
        answer = nil
    }

    /// Converts samples that are there ahead of their parameters, and goes on with them as far as
    /// the parameters have come.
    private func prepareNextWork() {
        guard let next = machine.nextWork, let samples = samples[next] else { return }
        clock.lap(.receive)
        numbers.prepare(next, samples)
        clock.lap(.convert)
        guard let begun = transport.begunParameters else { return }
        numbers.begin(next, begun)
        clock.lap(.forward)
    }

    /// Computes one piece of work, shard after shard, and reports it.
    private func compute(_ work: Work) throws(Carrier.Failure) {
        self.work = nil
        guard let parameters else {
            preconditionFailure("\(work) is to be computed before its parameters are there")
        }
        guard let samples = samples[work] else {
            preconditionFailure("\(work) is to be computed before its samples are there")
        }
        transport.settle()
        clock.lap(.receive)
        var failure: Carrier.Failure?
        let computed = numbers.answer(
            work,
            samples,
            parameters,
            into: work.round.isTraining ? transport.takeGradientBuffer() : nil,
            whenFullyConnected: { gradient in
                do throws(Carrier.Failure) {
                    try sendAhead(gradient, of: work, parameters)
                } catch {
                    failure = error
                }
            }
        )
        self.samples.remove(work)
        if let failure { throw failure }
        guard parameters.isIntact else {
            if let gradient = computed.gradient { transport.giveBack(gradient) }
            return try handle(.overtaken(work))
        }
        answer = computed
        try handle(.computed(work))
    }
}

/// What a worker remembers of the messages that it took.
private struct MessageIntake {
    /// Whether something was to be computed before all were taken.
    var isRestDue = false
    /// How much is said of those that were dropped.
    var lines = LineLimit()
}

extension WorkerMessage {
    /// Whether what was computed last goes with it.
    fileprivate var hasAnswer: Bool {
        switch self {
        case .answer, .earlySegment: true
        case .hello, .heartbeat, .goodbye: false
        }
    }
}
