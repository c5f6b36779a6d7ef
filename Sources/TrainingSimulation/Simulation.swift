import SeededRandom
import TrainingProtocol

/// One run of the two machines in virtual time, in a world that a seed draws.
///
/// First all kinds of things go wrong; then they heal, but for some workers that are gone for good;
/// then the run must end, in bounded time, at the digest of `Reference`.
package final class Simulation {
    let seed: UInt64
    let options: SimulationOptions
    /// Draws delays.
    var random: RandomStream
    /// Draws what goes wrong.
    var faultRandom: RandomStream
    var queue = EventQueue<SimulatedEvent>()
    var now = Duration.zero
    var trace: Trace
    var workers: [SimulatedWorker?]
    var links: [Link?]
    /// Workers that have run on a processor that computes wrong bits.
    var faultyWorkers: Set<WorkerID> = []
    /// The last answer that was found to be wrong, and whose it was.
    var lastWrong: (work: Work, workers: [WorkerID])?
    /// Places whose worker is gone for good.
    var isDoomed: [Bool]
    var coordinator: SimulatedCoordinator?
    var coordinatorIncarnation = 0
    /// What a coordinator that starts now finds on the disk, newest last.
    var checkpoints: [SimulatedCheckpoint]
    /// The newest checkpoint that this coordinator handed to the writer.
    var submitted: SimulatedCheckpoint?
    var isCalm = false
    private var workerWakes: [Duration?]
    private var coordinatorWake: Duration?
    private var nextNumber = 0
    var failure: String?
    private(set) var isComplete = false

    /// Prepares the run of a seed.
    ///
    /// - Parameters:
    ///   - options: what kind of run; nil for those that the seed draws.
    ///   - hasText: whether to keep the trace's text.
    package init(seed: UInt64, options: SimulationOptions? = nil, hasText: Bool = false) {
        let options = options ?? SimulationOptions(seed: seed)
        self.seed = seed
        self.options = options
        random = RandomStream(seed: seed, stream: 101)
        faultRandom = RandomStream(seed: seed, stream: 102)
        trace = Trace(hasText: hasText)
        workers = Array(repeating: nil, count: options.workerCount)
        links = Array(repeating: nil, count: options.workerCount)
        isDoomed = Array(repeating: false, count: options.workerCount)
        workerWakes = Array(repeating: nil, count: options.workerCount)
        let start = SimulatedCheckpoint(position: Position(), state: RunState(seed: seed))
        checkpoints = [start]
        queue.schedule(.coordinatorStarts, at: .zero)
        for (slot, start) in options.starts.enumerated() {
            queue.schedule(.workerStarts(slot: slot), at: start)
        }
        for _ in 0..<options.faultCount {
            queue.schedule(.fault, at: faultRandom.duration(in: .zero...options.faultyPhase))
        }
        queue.schedule(.calm, at: options.faultyPhase)
    }

    /// Runs to the end, or to the first thing that must not be.
    package func run() -> SimulationResult {
        var eventCount = 0
        while failure == nil, !isComplete {
            guard let (time, event) = queue.next() else {
                failure = "nothing more happens"
                break
            }
            now = time
            eventCount += 1
            take(event)
            if failure == nil { failure = coordinator?.violation }
            if now > options.timeMax { failure = "no end after \(options.timeMax)" }
            if eventCount > Self.eventCountMax { failure = "no end of messages" }
        }
        return SimulationResult(
            seed: seed,
            failure: failure,
            duration: now,
            eventCount: eventCount,
            traceDigest: trace.digest,
            traceLines: trace.lines
        )
    }

    /// Some fifty times what a long run needs.
    private static let eventCountMax = 1_000_000

    /// A number that nothing else in this run has.
    func drawNumber() -> Int {
        nextNumber += 1
        return nextNumber
    }

    private func take(_ event: SimulatedEvent) {
        switch event {
        case .arrival(let slot, let link, let packet): arrive(packet, at: slot, link)
        case .workerWakes(let slot, let incarnation):
            guard workers[slot]?.incarnation == incarnation else { return }
            workerWakes[slot] = nil
            runWorker(slot)
        case .coordinatorWakes(let incarnation):
            guard coordinatorIncarnation == incarnation else { return }
            coordinatorWake = nil
            runCoordinator()
        case .computedEarlySegment(let slot, let incarnation): sendEarly(slot, incarnation)
        case .computed(let slot, let incarnation): endComputing(slot, incarnation)
        case .workerNotices(let slot, let link): noticeAtWorker(slot, link)
        case .coordinatorNotices(let slot, let link, let worker, let incarnation):
            noticeAtCoordinator(slot, link, worker, incarnation)
        case .connects(let slot, let incarnation): connect(slot, incarnation)
        case .closes(let slot, let link):
            if links[slot]?.number == link { breakLink(slot, isNoticedLate: false) }
        case .saved(let saved, let incarnation):
            if incarnation == coordinatorIncarnation { store(saved) }
        case .workerStarts(let slot): startWorker(slot)
        case .coordinatorStarts: startCoordinator()
        case .workerThaws(let slot, let incarnation): thawWorker(slot, incarnation)
        case .coordinatorThaws(let incarnation): thawCoordinator(incarnation)
        case .unblocks(let slot, let link): unblock(slot, link)
        case .fault: makeFault()
        case .calm: calm()
        }
    }
}

/// Processes take their turns.
extension Simulation {
    func runWorker(_ slot: Int) {
        guard let turn = workers[slot]?.takeTurn(at: now) else { return }
        perform(turn, of: slot)
    }

    private func sendEarly(_ slot: Int, _ incarnation: Int) {
        guard let worker = workers[slot], worker.incarnation == incarnation, !worker.isFrozen,
            let sent = workers[slot]?.endEarlySegment(at: now)
        else { return }
        for (message, payload) in sent { send(message, payload, from: slot) }
    }

    private func endComputing(_ slot: Int, _ incarnation: Int) {
        guard let worker = workers[slot], worker.incarnation == incarnation else { return }
        if worker.isFrozen {
            workers[slot]?.isResultWaiting = true
        } else if let turn = workers[slot]?.endComputing(at: now) {
            perform(turn, of: slot)
        }
    }

    func perform(_ turn: SimulatedWorker.Turn, of slot: Int) {
        guard let worker = workers[slot] else { return }
        for (message, payload) in turn.sent { send(message, payload, from: slot) }
        if let work = turn.lacking { failure = "worker \(slot) lacks the samples of \(work)" }
        if let work = turn.computing {
            trace.note(now, .worker(slot), .computes, work.traceNumber, "\(work.traceText)")
            let shardCount = options.schedule.shardCount(of: work.round)
            let duration =
                options.shardDuration * work.subtree.shards(of: shardCount).count
                * options.slowness[slot]
            if work.round.isTraining {
                queue.schedule(
                    .computedEarlySegment(slot: slot, incarnation: worker.incarnation),
                    at: now + duration * options.earlyPercentage / 100
                )
            }
            queue.schedule(
                .computed(slot: slot, incarnation: worker.incarnation),
                at: now + duration
            )
        }
        if let outcome = worker.outcome {
            trace.note(now, .worker(slot), .ends, 0, "\(outcome)")
            workerDidEnd(slot)
        } else if let deadline = worker.nextDeadline, worker.isListening {
            wake(slot, at: max(deadline, now))
        }
    }

    private func wake(_ slot: Int, at time: Duration) {
        guard let worker = workers[slot] else { return }
        if let wake = workerWakes[slot], wake <= time { return }
        workerWakes[slot] = time
        queue.schedule(.workerWakes(slot: slot, incarnation: worker.incarnation), at: time)
    }

    func forgetWake(of slot: Int) { workerWakes[slot] = nil }

    func forgetCoordinatorWake() { coordinatorWake = nil }

    func runCoordinator() {
        guard var coordinator else { return }
        // Moved out, so that carrying out its effects may look at everything else.
        self.coordinator = nil
        coordinator.takeTurn(at: now) { perform($0) }
        self.coordinator = coordinator
        if let outcome = coordinator.outcome {
            trace.note(now, .coordinator, .ends, 0, "\(outcome)")
            end(coordinator, outcome)
        } else if let deadline = coordinator.nextDeadline, !coordinator.isFrozen {
            let time = max(deadline, now)
            if let wake = coordinatorWake, wake <= time { return }
            coordinatorWake = time
            queue.schedule(.coordinatorWakes(incarnation: coordinatorIncarnation), at: time)
        }
    }

    private func end(_ coordinator: SimulatedCoordinator, _ outcome: Coordinator.Outcome) {
        switch outcome {
        case .completed:
            isComplete = true
            check(coordinator)
        case .stopped: coordinatorDidStop()
        case .corrupted(let position): coordinatorGoesBack(to: position)
        }
    }

    /// A wrong answer that nobody was asked to compare leaves a wrong model, and nothing else may.
    /// Once its worker was found wrong elsewhere, the step is known to be in doubt.
    private func check(_ coordinator: SimulatedCoordinator) {
        let state = coordinator.state
        if state.taints.isEmpty {
            guard state.digest != Reference.digest(of: options.schedule, seed: seed) else { return }
            failure = failure ?? "the digest is not that of the direct computation"
        } else if options.verification == Verification(perMillion: 1_000_000) {
            failure = failure ?? "a wrong answer counts though every answer is compared"
        }
        for taint in state.taints {
            guard case .step(let index) = taint.work.round,
                coordinator.distrusted.contains(taint.worker),
                !coordinator.unverified.contains(where: {
                    $0.worker == taint.worker && $0.steps.contains(index)
                })
            else { continue }
            failure = failure ?? "step \(index) is not known to be in doubt"
        }
    }

    private func perform(_ effect: SimulatedCoordinator.Effect) -> Bool {
        switch effect {
        case .sent(let message, let payload, let worker):
            return send(message, payload, to: worker)
        case .accepted(let work):
            trace.note(now, .coordinator, .accepts, work.traceNumber, "\(work.traceText)")
        case .applied(let index):
            trace.note(now, .coordinator, .applies, UInt64(index), "step \(index)")
        case .saved(let checkpoint):
            let step = checkpoint.position.completedStepCount
            trace.note(now, .coordinator, .saves, UInt64(step), "after step \(step)")
            submit(checkpoint)
        case .compared(let work, let wrong):
            let text = "\(work.traceText) wrong \(wrong)"
            trace.note(now, .coordinator, .compares, work.traceNumber, text)
            if !wrong.isEmpty { lastWrong = (work, wrong) }
        case .reported(let notice):
            trace.note(now, .coordinator, .reports, 0, "\(notice)")
            if case .workerDistrusted(let worker, _) = notice, !faultyWorkers.contains(worker) {
                failure = failure ?? "an honest worker is distrusted"
            }
        }
        return true
    }
}
