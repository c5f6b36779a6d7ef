import Glibc
import Kernels
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
    private let stop: StopRequest
    private let logger: Logger
    private let start = ContinuousClock.now
    private var machine: Worker
    private var pulse = Pulse()
    private var socket: WorkerSocket
    private var computer: SubtreeComputer?
    private let alignedParameters = ParameterBuffer()
    private var samples: [Work: Samples] = [:]
    private var work: Work?
    private var answer: Reduction.Sum?
    private var outcome: Worker.Outcome?

    /// The samples of one piece of work, as they came.
    private final class Samples {
        let message: Message
        init(_ message: consuming Message) { self.message = message }
    }

    /// Connects in the background.
    ///
    /// - Throws: when the address is malformed.
    init(
        endpoint: String,
        settings: Worker.Settings,
        kernels: KernelSet,
        stop: StopRequest,
        logger: Logger
    ) throws(ZeroMQError) {
        self.kernels = kernels
        self.stop = stop
        var logger = logger
        machine = Worker(settings: settings, at: .zero)
        var random = SystemRandomNumberGenerator()
        let worker = WorkerID(rawValue: random.next())
        logger[metadataKey: "worker"] = "\(worker)"
        self.logger = logger
        socket = try WorkerSocket(connectingTo: endpoint, as: worker, in: Context())
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
        _ = poller.add(stop.wakeUp)
        let inputIndex =
            endsWithStandardInput ? poller.add(fileDescriptor: STDIN_FILENO) : nil
        while outcome == nil {
            pulse.beat(at: now)
            let timeout = pulse.timeout(until: machine.nextDeadline, at: now)
            _ = try poller.poll(timeout: work == nil ? timeout : .zero)
            let isOrphaned = inputIndex.map { poller.readiness(at: $0) != [] && Self.inputEnded() }
            if stop.wakeUp.drain() || isOrphaned == true { try handle(.leaveRequested) }
            while let isConnected = try socket.nextConnectionChange() {
                try handle(isConnected ? .connected : .disconnected)
            }
            while outcome == nil, let received = try socket.receive() { try take(received) }
            if outcome == nil, let deadline = machine.nextDeadline, deadline <= now {
                try handle(.deadlineReached)
            }
            if outcome == nil, let work { try compute(work) }
        }
        return outcome ?? .left
    }

    private var now: Duration { ContinuousClock.now - start }

    /// Reads what standard input has to say, which means nothing, and tells whether that was its
    /// end.
    private static func inputEnded() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            read(STDIN_FILENO, buffer.baseAddress, buffer.count) <= 0
        }
    }

    private func take(_ received: WorkerSocket.Received) throws(ZeroMQError) {
        switch received {
        case .message(let message, let payloadSize):
            guard isWellFormed(message, payloadSize: payloadSize) else {
                logger.warning("dropped \(message) with a payload of \(payloadSize) bytes")
                return
            }
            try handle(.received(message))
        case .foreign(let reason):
            logger.warning("dropped \(reason)")
        }
    }

    /// Whether a message has the payload that belongs to it.
    private func isWellFormed(_ message: CoordinatorMessage, payloadSize: Int) -> Bool {
        switch message {
        case .work(let work, _):
            let sampleCountMax = Schedule.shardSampleCountMax << work.subtree.level
            return payloadSize > 0 && payloadSize % LeNet.sampleSize == 0
                && payloadSize / LeNet.sampleSize <= sampleCountMax
        case .parameters:
            return payloadSize == alignedParameters.bytes.count
        case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            return payloadSize == 0
        }
    }

    private func handle(_ event: Worker.Event) throws(ZeroMQError) {
        for action in machine.handle(event, at: now) { try perform(action) }
    }

    private func perform(_ action: Worker.Action) throws(ZeroMQError) {
        switch action {
        case .send(let message): try send(message)
        case .prepare(let input): prepare(input)
        case .storeSamples(let work): samples[work] = Samples(socket.takePayload())
        case .storeParameters:
            socket.takePayload().withUnsafeBytes { alignedParameters.bytes.copyMemory(from: $0) }
        case .discardSamples(let work):
            samples[work] = nil
            if self.work == work { self.work = nil }
        case .compute(let work): self.work = work
        case .end(let outcome): self.outcome = outcome
        }
    }

    private func send(_ message: WorkerMessage) throws(ZeroMQError) {
        guard case .answer = message, let answer else {
            try socket.send(message, sums: AnswerSums(), payload: nil)
            return
        }
        self.answer = nil
        let payload = answer.gradient.map {
            Message(sharing: UnsafeRawBufferPointer($0.bytes), of: $0)
        }
        try socket.send(message, sums: answer.sums, payload: payload)
    }

    private func prepare(_ input: InputSettings) {
        samples = [:]
        work = nil
        computer = SubtreeComputer(kernels: kernels, input: input)
        guard computer != nil else {
            logger.error(
                "joining: the coordinator brings images in by '\(input.geometry)' and '\(input.scale)', which this build does not know; use the same version on both sides"
            )
            outcome = .left
            return
        }
        logger.info("joined the run")
        Supervisor.ofProcess?.status("computing for a run")
    }

    /// Computes one piece of work, shard after shard, and reports it.
    private func compute(_ work: Work) throws(ZeroMQError) {
        self.work = nil
        guard let computer, let samples = samples.removeValue(forKey: work) else {
            preconditionFailure("\(work) is to be computed before its samples are there")
        }
        answer = samples.message.withUnsafeBytes { bytes in
            computer.total(
                of: bytes,
                parameters: alignedParameters,
                isTraining: work.round.isTraining
            )
        }
        try handle(.computed(work))
    }
}
