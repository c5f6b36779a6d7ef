import Arithmetic
import Figures
import Glibc
import Hosting
import Kernels
import Keys
import Logging
import Model
import TrainingProtocol
import Wire
import ZeroMQ

/// Runs the worker's machine over its socket: takes events in, computes, carries actions out.
///
/// One thread owns all of it, computing included: a worker that hangs while it computes sends no
/// heartbeat.
final class WorkerLoop {
    private let kernels: KernelSet
    private let simulatedDuration: Duration?
    private let stop: StopRequest
    private let logger: Logger
    private let start = ContinuousClock.now
    private var machine: Worker
    /// What the machine has said last: kept for its memory.
    private var actions: [Worker.Action] = []
    private let supervision: Supervision
    private var watchdog: Watchdog
    private var socket: WorkerSocket
    private var clock = PhaseClock()
    private var welcomed: UInt64 = 0
    private var answerCount = 0
    private var firstAllocationCount = 0
    private var computer: SubtreeComputer?
    private var parameters: StoredParameters?
    private var samples = SampleStore()
    private var work: Work?
    private var answer: ReductionTree.Sum?
    private var outcome: Worker.Outcome?
    private var lines = LineLimit()

    /// Connects in the background.
    ///
    /// - Throws: when the address is malformed.
    init(
        endpoint: String,
        key: WorkerKey?,
        settings: Worker.Settings,
        kernels: KernelSet,
        simulatedDuration: Duration?,
        supervision: Supervision,
        stop: StopRequest,
        logger: Logger
    ) throws(ZeroMQError) {
        self.kernels = kernels
        self.simulatedDuration = simulatedDuration
        self.supervision = supervision
        watchdog = Watchdog(supervision)
        self.stop = stop
        var logger = logger
        machine = Worker(settings: settings, at: .zero)
        var random = SystemRandomNumberGenerator()
        let worker = WorkerID(rawValue: random.next())
        logger[metadataKey: "worker"] = "\(worker)"
        self.logger = logger
        socket = try WorkerSocket(connectingTo: endpoint, as: worker, key: key, in: Context())
    }

    /// Serves until the machine says that it has ended.
    ///
    /// - Parameter standardInput: a descriptor whose end means that the parent process is gone; nil
    ///   for none.
    /// - Throws: when libzmq fails in a way that no worker survives.
    func serve(endsWithStandardInput: Bool) throws(ZeroMQError) -> Worker.Outcome {
        var poller = Poller()
        _ = poller.add(socket.socket)
        _ = poller.add(socket.monitor)
        let stopIndex = poller.add(stop.wakeUp)
        let linkIndex = poller.add(fileDescriptor: -1)
        let sealedPlaces = (poller.add(fileDescriptor: -1), poller.add(fileDescriptor: -1))
        let inputIndex =
            endsWithStandardInput ? poller.add(fileDescriptor: STDIN_FILENO) : nil
        while outcome == nil {
            watchdog.beat(at: now)
            poller.setFileDescriptor(socket.linkDescriptor, at: linkIndex)
            socket.pollSealedLink(with: &poller, at: sealedPlaces)
            let timeout = watchdog.timeout(until: nextDeadline, at: now)
            if work == nil { prepareNextWork() }
            clock.lap(.receive)
            if work == nil, answerCount > 0 { socket.lookOut(for: Self.lookOutDuration) }
            _ = try poller.poll(timeout: work == nil ? timeout : .zero)
            clock.lap(.wait)
            let isOrphaned = inputIndex.map {
                poller.readiness(at: $0) != [] && StandardInput.hasEnded()
            }
            let isStopped = poller.readiness(at: stopIndex) != [] && stop.wakeUp.drain()
            if isStopped || isOrphaned == true { try handle(.leaveRequested) }
            while let isConnected = try socket.nextConnectionChange() {
                try handle(isConnected ? .connected : .disconnected)
            }
            if let failure = socket.takeSealedLinkFailure() { tell(of: failure) }
            if let line = socket.search.line(at: .now) { logger.notice("\(line)") }
            while outcome == nil, let received = try socket.receive() { try take(received) }
            if outcome == nil, let deadline = machine.nextDeadline, deadline <= now {
                try handle(.deadlineReached)
            }
            if outcome == nil, let work { try compute(work) }
        }
        return outcome ?? .left
    }

    /// About as long as a step's way back through the coordinator.
    private static let lookOutDuration = Duration.microseconds(200)

    private var now: Duration { ContinuousClock.now - start }

    private var nextDeadline: Duration? {
        let nextAttempt = socket.search.nextAttempt.map { $0 - start }
        return [machine.nextDeadline, nextAttempt].compactMap { $0 }.min()
    }

    /// Why the coordinator is not found, or was not, to go on a sentence.
    var searchReason: String { socket.search.reason }

    private func take(_ received: WorkerSocket.Received) throws(ZeroMQError) {
        switch received {
        case .message(let arrival):
            var payload = arrival.payload
            defer { payload.free() }
            guard arrival.isWellFormed else {
                return warn(
                    "dropped a message of the coordinator with a payload of \(arrival.payloadSize) bytes, which does not belong to it",
                    ofKind: "payload"
                )
            }
            try handle(.received(arrival.message), with: &payload)
        case .parametersBegun:
            break
        case .sealedLinkOpened(let port):
            logger.info("payloads go sealed through the coordinator's port \(port)")
        case .foreign(let reason):
            warn("dropped \(reason)", ofKind: "foreign")
        }
    }

    private func warn(_ text: String, ofKind kind: String) {
        guard let line = lines.note(text, ofKind: kind, at: now) else { return }
        logger.warning("\(line)")
    }

    private func tell(of failure: (port: Int, reason: String)) {
        logger.notice(
            "opening the coordinator's payload port \(failure.port): \(failure.reason) where sealed payloads were expected; all goes through the first connection, which takes longer: let the port through, or start the coordinator with --payload-port"
        )
    }

    private func handle(_ event: Worker.Event) throws(ZeroMQError) {
        var nothing = CoordinatorArrival.Payload.none
        try handle(event, with: &nothing)
    }

    /// Tells the machine what happened and does what it says; what it keeps of the payload is taken
    /// from there.
    private func handle(
        _ event: Worker.Event,
        with payload: inout CoordinatorArrival.Payload
    ) throws(ZeroMQError) {
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
    ) throws(ZeroMQError) {
        switch action {
        case .send(let message):
            clock.lap(.receive)
            if message == .goodbye { try sendProfile() }
            try send(message)
            clock.lap(.send)
        case .prepare(let input): prepare(input)
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

    private func send(_ message: WorkerMessage) throws(ZeroMQError) {
        if case .hello = message { socket.search.goOn(at: .now) }
        guard message.hasAnswer, let answer else {
            try socket.send(message, sums: LossSums(), gradient: nil)
            return
        }
        self.answer = nil
        try socket.send(message, sums: answer.sums, gradient: answer.gradient)
    }

    /// Tells the coordinator what the time since its welcome was spent on.
    private func sendProfile() throws(ZeroMQError) {
        guard computer != nil else { return }
        let header = ProfileHeader(
            welcomed: welcomed,
            sent: PhaseClock.now,
            answerCount: max(0, answerCount - 1),
            allocationCount: (PhaseClock.allocationCount ?? 0) - firstAllocationCount
        )
        try socket.send(header, clock)
    }

    private func prepare(_ input: InputSettings) {
        samples.removeAll()
        parameters = nil
        work = nil
        let sliceCountMax = min(socket.sliceCountMax, WorkerProfile.sliceCountMax)
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
        socket.search.succeed()
        logger.info("joined the run")
        supervision.notifier?.status("computing for a run")
        supervision.health.isNow(ready: true, "computing for a run")
    }

    /// Sends the fully connected segment of a gradient while the convolutions' is computed.
    private func sendAhead(
        _ gradient: ParameterBuffer,
        of work: Work,
        _ parameters: StoredParameters
    ) throws(ZeroMQError) {
        socket.makeWay()
        guard socket.wantsEarlySegments, parameters.isIntact else { return }
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

    /// Converts samples that are there ahead of their parameters, and goes on with them as far as the
    /// parameters have come.
    private func prepareNextWork() {
        guard let next = machine.nextWork else { return }
        clock.lap(.receive)
        samples.withSamples(of: next) { computer?.prepare(next, $0) }
        clock.lap(.convert)
        guard let begun = socket.begunParameters, begun.version == next.version else { return }
        computer?.begin(next, convolutions: begun.buffer)
        clock.lap(.forward)
    }

    /// Computes one piece of work, shard after shard, and reports it.
    private func compute(_ work: Work) throws(ZeroMQError) {
        self.work = nil
        guard let computer, let parameters else {
            preconditionFailure("\(work) is to be computed before its parameters are there")
        }
        socket.settle()
        clock.lap(.receive)
        let totals = clock.totals
        var failure: ZeroMQError?
        let sum = samples.withSamples(of: work) { bytes in
            computer.total(
                of: work,
                bytes,
                parameters: parameters.buffer,
                into: work.round.isTraining ? socket.takeGradientBuffer() : nil,
                whenFullyConnected: { gradient in
                    do throws(ZeroMQError) {
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
            if let gradient = sum.gradient { socket.giveBack(gradient) }
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
