import Arithmetic
import Checkpoints
import Figures
import Hosting
import Kernels
import Model
import TrainingProtocol
import Transport
import Wire

/// Runs the coordinator's machine over a transport: takes events in, carries actions out.
///
/// One thread owns all of it. Payloads never reach the machine: the sums wait in `ReductionTree`,
/// the parameters in `Optimizer`, the samples in `SampleFeed`.
final class CoordinatorLoop<Carrier: CoordinatorTransport> {
    private(set) var run: Run
    let observer: any RunObserver
    private let start = ContinuousClock.now
    private(set) var machine: Coordinator
    /// What the machine waits for.
    private var nextDeadline: Duration?
    private(set) var missingAnswerCount: Int?
    let transport: Carrier
    /// How many slices of time are kept for a trace, here and by each worker.
    private let sliceCountMax: Int
    private var welcomes = WelcomeTimes()
    private var sums: [Round: StepReduction] = [:]
    /// Those of rounds that are over, for the rounds to come.
    private var spareSums: [StepReduction] = []
    /// Where sums of workers' gradients go.
    private let gradients = BufferPool()
    let clock: PhaseClock
    var profile = CoordinatorProfile()
    /// The clock and the transport after the first step.
    var profileStart: CoordinatorProfile?
    private var workerProfiles: [WorkerID: WorkerProfile] = [:]
    let comparison: AnswerComparison
    let arithmetic: ParallelArithmetic
    private(set) var tally: EpochTally
    private(set) var epochs: [EpochRecord]
    private var test: Metrics?
    private var workerCountMax = 0
    private var outcome: Coordinator.Outcome?
    /// The step at which the run's numbers stopped being finite, if that ends it.
    var divergedStep: Int?
    private var foreign = ForeignTraffic()
    var joins = JoinLimit()
    /// What carrying actions out has brought up; told to the machine once they are done.
    var events: [Coordinator.Event] = []
    /// What the machine has said last: kept for its memory.
    private var actions: [Coordinator.Action] = []

    /// Will serve over a transport that is bound.
    init(
        _ run: Run,
        transport: Carrier,
        sliceCountMax: Int,
        observer: any RunObserver
    ) {
        self.run = run
        self.observer = observer
        machine = Coordinator(settings: run.settings, position: run.position)
        clock = PhaseClock(sliceCountMax: sliceCountMax)
        self.transport = transport
        self.sliceCountMax = sliceCountMax
        arithmetic = ParallelArithmetic(kernels: run.kernels) { try startThread(named: $0, $1) }
        comparison = AnswerComparison(arithmetic: arithmetic, input: run.settings.input)
        tally = EpochTally(totals: run.epochTotals, at: .zero)
        epochs = run.epochs
        lookAtMachine()
        shareParameters()
    }

    /// Keeps the parameters where the workers of this host read them.
    private func shareParameters() {
        run.optimizer.arithmetic = arithmetic
        guard let memory = transport.parameterMemory else { return }
        run.optimizer.share(in: memory, version: run.position.completedStepCount)
    }

    /// Whether the machine has said that the run has ended.
    var hasEnded: Bool { outcome != nil }

    /// When the next turn is due at the latest; nil for any time.
    var deadline: Duration? {
        guard let first = nextDeadline, let second = transport.deadline else {
            return nextDeadline ?? transport.deadline
        }
        return min(first, second)
    }

    /// Deals with what has happened.
    ///
    /// - Throws: when the transport fails in a way that no run survives; when a wrong answer was
    ///   found too late and no checkpoint from before it is left.
    func turn(isStopped: Bool) throws {
        if isStopped { try handle(.stopRequested) }
        try takeLosses()
        try receive()
        if let deadline = nextDeadline, deadline <= now {
            try handle(.deadlineReached)
        }
        for outcome in run.writer?.drainOutcomes() ?? [] {
            observer.checkpointWasHandled(outcome)
        }
        if case .corrupted(let position)? = outcome { try goBack(to: position) }
    }

    /// What has come of the run.
    func result() -> RunResult {
        arithmetic.releaseThread()
        profile.slices = clock.slices
        return RunResult(
            outcome: outcome ?? .stopped,
            divergedStep: divergedStep,
            position: machine.position,
            epochs: epochs,
            test: test,
            workerCountMax: workerCountMax,
            distrusted: machine.distrusted,
            unverified: machine.unverified,
            droppedMessages: foreign.counts,
            duration: now,
            profile: profile,
            workerProfiles: workerProfiles,
            parameters: run.optimizer.parameters,
            writer: run.writer
        )
    }

    /// Goes on from a checkpoint from before a wrong answer; the workers are asked to join again.
    private func goBack(to position: Position) throws {
        try? run.finishCheckpoints()
        let distrusted = machine.distrusted
        let workerCountAtOnce = run.settings.workerCountAtOnce
        run = try run.goingBack(position)
        run.settings.workerCountAtOnce = workerCountAtOnce
        run.settings.distrusted = distrusted
        // The run has begun, and one worker less is there to come.
        run.settings.workerCountMin = 1
        machine = Coordinator(settings: run.settings, position: run.position)
        sums = [:]
        comparison.forgetAll()
        tally = EpochTally(totals: run.epochTotals, at: now)
        epochs = run.epochs
        outcome = nil
        divergedStep = nil
        lookAtMachine()
        shareParameters()
        observer.runDidGoBack(to: run.position)
    }

    var now: Duration { ContinuousClock.now - start }

    var schedule: Schedule { run.settings.schedule }

    /// Messages that are taken before the loop looks at its other duties, so that no flood keeps it
    /// from them.
    private static var messagesPerTurn: Int { 256 }

    func receive() throws(Carrier.Failure) {
        for _ in 0..<Self.messagesPerTurn {
            guard outcome == nil, let received = try transport.receive() else { return }
            switch received {
            case .message(let arrival): try take(arrival)
            case .hello(let arrival, let name): try receiveHello(arrival, name: name)
            case .profile(let header, let bytes, let route): take(header, bytes, from: route)
            case .enrolled(let name):
                observer.workerWasEnrolled(name: name)
            case .linkOpened(let worker):
                observer.sealedLinkDidOpen(to: worker)
            case .late:
                continue
            case .rejected(let message, let route):
                reject(message, from: route)
            }
        }
    }

    private func reject(_ message: RejectedMessage, from route: Route) {
        note(message)
        transport.drop(route)
    }

    private func take(_ header: ProfileHeader, _ bytes: [UInt8], from route: Route) {
        let profile = route.sender.flatMap {
            welcomes.profile(header, bytes, from: $0, sliceCountMax: sliceCountMax)
        }
        guard let profile, let worker = route.sender else { return reject(.profile, from: route) }
        let isKnown = workerProfiles[worker] != nil
        guard isKnown || workerProfiles.count < JoinLimit.workerCountMax else { return }
        workerProfiles[worker] = profile
    }

    private func take(_ arrival: WorkerArrival) throws(Carrier.Failure) {
        // The answer will tell whether an early segment that is not finite is right.
        guard isEarlySegmentFinite(arrival) else { return }
        engageArithmeticThread(for: arrival.message)
        if let (work, reason) = invalidAnswer(in: arrival) {
            note(reason)
            return try handle(.refuted(work, arrival.worker))
        }
        try handle(.received(arrival.message, from: arrival.worker), with: arrival)
    }

    func note(_ message: RejectedMessage) {
        guard let line = foreign.note(message, at: now) else { return }
        observer.didReceiveForeignBytes(reason: line, isKnock: message.isKnock)
    }

    func handle(
        _ event: Coordinator.Event,
        with arrival: WorkerArrival? = nil
    ) throws(Carrier.Failure) {
        events.append(event)
        while !events.isEmpty {
            machine.handle(events.removeFirst(), at: now, into: &actions)
            for action in actions { try perform(action, arrival) }
            actions.removeAll(keepingCapacity: true)
        }
        lookAtMachine()
    }

    /// Takes note of what is asked for at every turn: each look at the machine costs a microsecond.
    private func lookAtMachine() {
        let machine = machine
        nextDeadline = machine.nextDeadline
        missingAnswerCount = machine.missingAnswerCount
        workerCountMax = max(workerCountMax, machine.workerCount)
    }

    private func perform(
        _ action: Coordinator.Action,
        _ arrival: WorkerArrival?
    ) throws(Carrier.Failure) {
        switch action {
        case .send(let message, let worker):
            clock.lap(.receive)
            defer { clock.lap(.send) }
            if case .welcome = message { welcomes.note(worker) }
            if try transport.send(message, payload(of: message), to: worker) != .sent {
                events.append(.disconnected(worker))
            }
        case .accept(let work, let isKept):
            clock.lap(.receive)
            accept(work, arrival, isKept: isKept)
            clock.lap(.reduce)
        case .compare(let work, let first, _): compare(work, first, arrival)
        case .recompute(let work, let first): compare(work, first, nil)
        case .forget(let work): comparison.forget(work)
        case .findCheckpoint(let position):
            events.append(.foundCheckpoint(checkpoint(before: position), before: position))
        case .acceptEarlySegment(let work):
            clock.lap(.receive)
            acceptEarlySegment(of: work, arrival)
        case .applyEarlySegment(let index): applyEarlySegment(index: index)
        case .discard(let round):
            forgetSums(of: round)
            if round == .step(index: machine.position.completedStepCount) {
                run.optimizer.abandonStep()
            }
        case .applyStep(let index): applyStep(index: index)
        case .recordEpoch(let index): recordEpoch(index: index)
        case .recordTest: test = takeMetrics(of: .test)
        case .saveCheckpoint(let position):
            saveCheckpoint(at: position)
            clock.lap(.record)
        case .report(let notice): observer.didNotice(notice)
        case .end(let outcome): self.outcome = outcome
        }
    }
}

/// What travels with messages.
extension CoordinatorLoop {
    private func payload(of message: CoordinatorMessage) -> CoordinatorPayload {
        switch message {
        case .welcome:
            return .offer(WelcomeOffer(sliceCountMax: sliceCountMax))
        case .work(let work, _):
            return .samples(work, run.feed)
        case .parameters(let version, _):
            precondition(version == machine.position.completedStepCount, "version \(version)")
            return .parameters(run.optimizer.parameters)
        case .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            return .none
        }
    }
}

/// What the machine's actions do to the run's numbers.
extension CoordinatorLoop {
    private func accept(_ work: Work, _ arrival: WorkerArrival?, isKept: Bool) {
        guard let arrival, arrival.gradient != nil || !work.round.isTraining else {
            preconditionFailure("an answer of \(work) is accepted without its gradient")
        }
        let gradient = work.round.isTraining ? arrival.gradient : nil
        let sum = ReductionTree.Sum(gradient: gradient, sums: arrival.sums)
        if isKept { comparison.keep(sum, of: work, parameters: run.optimizer.parameters) }
        roundSums(of: work.round).add(sum, at: work.subtree)
    }

    private func acceptEarlySegment(of work: Work, _ arrival: WorkerArrival?) {
        guard let gradient = arrival?.gradient else {
            preconditionFailure("an early segment of \(work) is accepted without its payload")
        }
        roundSums(of: work.round).addEarlySegment(gradient, at: work.subtree)
    }

    private func roundSums(of round: Round) -> StepReduction {
        if let sums = sums[round] { return sums }
        let shardCount = schedule.shardCount(of: round)
        let fresh =
            spareSums.popLast()
            ?? StepReduction(shardCount: shardCount, arithmetic: arithmetic, buffers: gradients)
        fresh.begin(shardCount: shardCount)
        sums[round] = fresh
        return fresh
    }

    private func forgetSums(of round: Round) {
        guard let over = sums.removeValue(forKey: round) else { return }
        over.removeAll()
        spareSums.append(over)
    }

    private func compare(_ work: Work, _ first: WorkerID, _ second: WorkerArrival?) {
        let wrong = comparison.wrongWorkers(work, first: first, second: second, feed: run.feed)
        events.append(.compared(work, wrong: wrong))
    }

    /// Makes the fully connected segment of a step, which is complete before the convolutions' or
    /// together with it.
    private func applyEarlySegment(index: Int) {
        clock.lap(.receive)
        let gradient = roundSums(of: .step(index: index)).takeFullyConnected()
        clock.lap(.reduce)
        apply(gradient, LeNet.segments[1], index)
        clock.lap(.optimize)
    }

    private func apply(_ gradient: ParameterBuffer, _ segment: LeNet.Segment, _ index: Int) {
        run.optimizer.apply(
            gradient,
            range: segment.range,
            sampleCount: schedule.samples(of: .step(index: index)).count,
            step: index + 1
        )
    }

    private func applyStep(index: Int) {
        let round = Round.step(index: index)
        guard let sums = self.sums[round], let total = sums.total, let gradient = total.gradient
        else { preconditionFailure("step \(index) is applied before its sum is complete") }
        let sampleCount = schedule.samples(of: round).count
        if !total.sums.lossSum.isFinite { diverged(at: index + 1) }
        if !sums.isFullyConnectedTaken {
            run.optimizer.beginWholeStep()
            applyEarlySegment(index: index)
        }
        apply(gradient, LeNet.segments[0], index)
        run.optimizer.finish(step: index + 1)
        arithmetic.releaseThread()
        forgetSums(of: round)
        clock.lap(.optimize)
        tally.add(total.sums, sampleCount: sampleCount, at: now)
        observer.stepDidEnd(tally.stepRecord(after: machine.position, in: schedule))
        clock.lap(.record)
        noteProfile()
        transport.arrangeWorkers { machine.computes($0) }
    }

    private func recordEpoch(index: Int) {
        let validation = takeMetrics(of: .validation(epochIndex: index))
        let record = tally.epochRecord(index: index, validation: validation, at: now)
        epochs.append(record)
        tally = EpochTally(at: now)
        observer.epochDidEnd(record)
    }

    private func takeMetrics(of round: Round) -> Metrics? {
        guard let total = sums[round]?.total else { return nil }
        forgetSums(of: round)
        return Metrics(of: total.sums, sampleCount: schedule.samples(of: round).count)
    }
}
