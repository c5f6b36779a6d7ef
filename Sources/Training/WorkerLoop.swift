import Arithmetic
import Figures
import Hosting
import Kernels
import Logging
import Model
import TrainingProtocol
import Transport
import Wire

/// Runs the worker's machine over a transport: takes events in, computes, carries actions out.
///
/// One thread owns all of it, computing included: a worker that hangs while it computes sends no
/// heartbeat.
final class WorkerLoop<Carrier: WorkerTransport> {
    private let kernels: KernelSet
    private let simulatedDuration: Duration?
    private let logger: Logger
    private let start = ContinuousClock.now
    private var machine: Worker
    /// What the machine has said last: kept for its memory.
    private var actions: [Worker.Action] = []
    private let supervision: Supervision
    let transport: Carrier
    private var clock = PhaseClock()
    private var welcomed: UInt64 = 0
    private var answerCount = 0
    private var firstAllocationCount = 0
    private var computer: SubtreeComputer?
    private var parameters: StoredParameters?
    private var samples = SampleStore()
    private var work: Work?
    private var answer: ReductionTree.Sum?
    private var lines = LineLimit()

    /// Will compute for a coordinator that a transport looks for.
    init(
        _ transport: Carrier,
        settings: Worker.Settings,
        kernels: KernelSet,
        simulatedDuration: Duration?,
        supervision: Supervision,
        logger: Logger
    ) {
        self.transport = transport
        self.kernels = kernels
        self.simulatedDuration = simulatedDuration
        self.supervision = supervision
        self.logger = logger
        machine = Worker(settings: settings, at: .zero)
    }

    /// How the machine has said that it has ended; nil as long as it has not.
    private(set) var outcome: Worker.Outcome?

    /// Whether something is to be computed at the next turn.
    var isBusy: Bool { work != nil }

    /// When the next turn is due at the latest; nil for any time.
    var deadline: Duration? {
        guard let first = machine.nextDeadline, let second = transport.deadline else {
            return machine.nextDeadline ?? transport.deadline
        }
        return min(first, second)
    }

    /// Uses the time until something comes: what can be done ahead is.
    func prepareToWait() {
        if work == nil { prepareNextWork() }
        clock.lap(.receive)
        if work == nil, answerCount > 0 { transport.lookOut(for: Self.lookOutDuration) }
    }

    /// Deals with what has happened, and computes what is to be computed.
    ///
    /// - Throws: when the transport fails in a way that no worker survives.
    func turn(isToLeave: Bool) throws(Carrier.Failure) {
        clock.lap(.wait)
        if isToLeave { try handle(.leaveRequested) }
        while let change = try transport.nextConnectionChange(at: now) {
            try handle(change == .made ? .connected : .disconnected)
        }
        if let line = transport.searchLine(at: now) { logger.notice("\(line)") }
        while outcome == nil, let received = try transport.receive() { try take(received) }
        if outcome == nil, let deadline = machine.nextDeadline, deadline <= now {
            try handle(.deadlineReached)
        }
        if outcome == nil, let work { try compute(work) }
    }

    /// About as long as a step's way back through the coordinator.
    private static var lookOutDuration: Duration { .microseconds(200) }

    var now: Duration { ContinuousClock.now - start }

    private func take(_ received: WorkerReceived) throws(Carrier.Failure) {
        switch received {
        case .message(let arrival):
            var payload = arrival.payload
            defer { payload.free() }
            if case .offer(let offer) = payload { _ = transport.open(offer, at: now) }
            try handle(.received(arrival.message), with: &payload)
        case .parametersBegun:
            break
        case .payloadPortOpened(let port):
            logger.info("payloads go sealed through the coordinator's port \(port)")
        case .payloadPortFailed(let port, let reason):
            logger.notice(
                "opening the coordinator's payload port \(port): \(reason) where sealed payloads were expected; all goes through the first connection, which takes longer: let the port through, or start the coordinator with --payload-port"
            )
        case .rejected(let reason, let kind):
            warn("dropped \(reason)", ofKind: kind)
        }
    }

    private func warn(_ text: String, ofKind kind: String) {
        guard let line = lines.note(text, ofKind: kind, at: now) else { return }
        logger.warning("\(line)")
    }

    private func handle(_ event: Worker.Event) throws(Carrier.Failure) {
        var nothing = CoordinatorArrival.Payload.none
        try handle(event, with: &nothing)
    }

    /// Tells the machine what happened and does what it says; what it keeps of the payload is taken
    /// from there.
    private func handle(
        _ event: Worker.Event,
        with payload: inout CoordinatorArrival.Payload
    ) throws(Carrier.Failure) {
        if event == .disconnected {
            supervision.health.isNow(ready: false, "looking for the coordinator")
        }
        var actions: [Worker.Action] = []
        swap(&actions, &self.actions)
        machine.handle(event, at: now, into: &actions)
        for action in actions { try perform(action, &payload) }
        actions.removeAll(keepingCapacity: true)
        swap(&actions, &self.actions)
    }

    private func perform(
        _ action: Worker.Action,
        _ payload: inout CoordinatorArrival.Payload
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
        guard computer != nil else { return }
        let header = ProfileHeader(
            welcomed: welcomed,
            sent: PhaseClock.now,
            answerCount: max(0, answerCount - 1),
            allocationCount: (PhaseClock.allocationCount ?? 0) - firstAllocationCount
        )
        let buffer = transport.takeGradientBuffer() ?? ParameterBuffer()
        let size = WorkerProfile.write(clock, into: buffer.bytes)
        _ = try transport.send(header, buffer, size: size)
    }

    private func prepare(_ input: InputSettings, _ offer: WelcomeOffer) {
        samples.removeAll()
        parameters = nil
        work = nil
        let sliceCountMax = min(offer.sliceCountMax, WorkerProfile.sliceCountMax)
        clock = PhaseClock(sliceCountMax: sliceCountMax)
        welcomed = PhaseClock.now
        answerCount = 0
        computer = SubtreeComputer(
            kernels: kernels,
            input: input,
            clock: clock,
            simulatedDuration: simulatedDuration
        )
        guard computer != nil else {
            logger.error(
                "joining: the coordinator brings images in by '\(input.geometry)' and '\(input.scale)', which this build does not know; use the same version on both sides"
            )
            outcome = .left
            return
        }
        transport.wasWelcomed()
        logger.info("joined the run")
        supervision.notifier?.status("computing for a run")
        supervision.health.isNow(ready: true, "computing for a run")
    }

    /// Sends the fully connected segment of a gradient while the convolutions' is computed.
    private func sendAhead(
        _ gradient: ParameterBuffer,
        of work: Work,
        _ parameters: StoredParameters
    ) throws(Carrier.Failure) {
        transport.makeWay()
        guard transport.wantsEarlySegments, parameters.isIntact else { return }
        answer = ReductionTree.Sum(gradient: gradient)
        try handle(.computedEarlySegment(work))
        answer = nil
    }

    /// Counts an answer of a step; what was before the first one, such as waiting for others to
    /// join, does not count.
    private func countAnswer() {
        answerCount += 1
        guard answerCount == 1 else { return }
        clock.totals = PhaseTotals()
        firstAllocationCount = PhaseClock.allocationCount ?? 0
    }

    /// Converts samples that are there ahead of their parameters, and goes on with them as far as
    /// the parameters have come.
    private func prepareNextWork() {
        guard let next = machine.nextWork else { return }
        clock.lap(.receive)
        samples.withSamples(of: next) { computer?.prepare(next, $0) }
        clock.lap(.convert)
        guard let begun = transport.begunParameters, begun.version == next.version else { return }
        computer?.begin(next, convolutions: begun.buffer)
        clock.lap(.forward)
    }

    /// Computes one piece of work, shard after shard, and reports it.
    private func compute(_ work: Work) throws(Carrier.Failure) {
        self.work = nil
        guard let computer, let parameters else {
            preconditionFailure("\(work) is to be computed before its parameters are there")
        }
        transport.settle()
        clock.lap(.receive)
        let totals = clock.totals
        var failure: Carrier.Failure?
        let sum = samples.withSamples(of: work) { bytes in
            computer.total(
                of: work,
                bytes,
                parameters: parameters.buffer,
                into: work.round.isTraining ? transport.takeGradientBuffer() : nil,
                whenFullyConnected: { gradient in
                    do throws(Carrier.Failure) {
                        try sendAhead(gradient, of: work, parameters)
                    } catch {
                        failure = error
                    }
                }
            )
        }
        samples.remove(work)
        if let failure { throw failure }
        guard let sum else {
            preconditionFailure("\(work) is to be computed before its samples are there")
        }
        guard parameters.isIntact else {
            if let gradient = sum.gradient { transport.giveBack(gradient) }
            return try handle(.overtaken(work))
        }
        answer = sum
        if work.round.isTraining { countAnswer() } else { clock.totals = totals }
        try handle(.computed(work))
    }
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
