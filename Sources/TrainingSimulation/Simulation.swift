import SeededRandom
import TrainingDriver
import TrainingProtocol

/// One run of the program's two drivers in virtual time, in a world that a seed draws.
///
/// First all kinds of things go wrong; then they heal, but for some workers that are gone for good;
/// then the run must end, in bounded time, at the digest of a direct computation.
package final class Simulation<Model: SimulatedModel> {
    let world: World<Model>
    let network: SimulatedNetwork<Model>
    let disk = SimulatedDisk()
    let model: Model
    var workers: [SimulatedWorker<Model>?]
    /// Places whose worker is gone for good.
    var isDoomed: [Bool]
    var coordinator: SimulatedCoordinator<Model>?
    /// Workers that have run on a processor that computes wrong bits.
    var faultyWorkers: Set<WorkerID> = []
    private var wakes: Wakes
    private var isComplete = false

    /// When processes are to be woken, as far as that is scheduled.
    struct Wakes {
        var workers: [Duration?]
        var coordinator: Duration?
    }

    var options: SimulationOptions { world.options }

    /// Prepares the run of a seed.
    ///
    /// - Parameters:
    ///   - options: what kind of run; nil for those that the seed draws.
    ///   - hasText: whether to keep the trace's text.
    package init(seed: UInt64, options: SimulationOptions? = nil, hasText: Bool = false) {
        let options = options ?? SimulationOptions(seed: seed)
        world = World(seed: seed, options: options, hasText: hasText)
        network = SimulatedNetwork(world)
        model = Model(schedule: options.schedule, stopping: options.stopping, seed: seed)
        workers = Array(repeating: nil, count: options.workerCount)
        isDoomed = Array(repeating: false, count: options.workerCount)
        wakes = Wakes(workers: Array(repeating: nil, count: options.workerCount))
        world.schedule(.coordinatorStarts, at: .zero)
        for (slot, start) in options.starts.enumerated() {
            world.schedule(.workerStarts(slot: slot), at: start)
        }
        for _ in 0..<options.faultCount {
            let time = world.faultRandom.duration(in: .zero...options.faultyPhase)
            world.schedule(.fault, at: time)
        }
        world.schedule(.calms, at: options.faultyPhase)
    }

    /// Runs to the end, or to the first thing that must not be.
    package func run() -> SimulationResult {
        var eventCount = 0
        let timeMax = options.timeMax
        while world.failure == nil, !isComplete {
            guard let event = world.next() else {
                world.fail("nothing more happens")
                break
            }
            eventCount += 1
            take(event)
            if world.now > timeMax { world.fail("no end after \(timeMax)") }
            if eventCount > Self.eventCountMax { world.fail("no end of messages") }
        }
        return SimulationResult(
            seed: world.seed,
            failure: world.failure,
            duration: world.now,
            eventCount: eventCount,
            traceDigest: world.trace.digest,
            traceLines: world.trace.lines
        )
    }

    /// Some fifty times what a long run needs.
    private static var eventCountMax: Int { 1_000_000 }

    private func take(_ event: SimulatedEvent<Model>) {
        switch event {
        case .departs(let slot, let incarnation, let channel, let packet):
            worker(slot, incarnation)?.depart(packet, over: channel)
        case .arrives(let slot, let channel, let connection, let packet):
            guard network.lets(packet, to: slot, channel, connection) else { return }
            deliver(packet, slot, channel)
        case .workerWakes(let slot, let incarnation):
            guard worker(slot, incarnation) != nil else { return }
            wakes.workers[slot] = nil
            runWorker(slot)
        case .coordinatorWakes(let incarnation):
            guard coordinator?.incarnation == incarnation else { return }
            wakes.coordinator = nil
            runCoordinator()
        case .workerNotices(let slot, let channel, let connection):
            noticeAtWorker(slot, channel, connection)
        case .coordinatorNotices(let slot, let channel, let connection, let worker, let incarnation):
            guard coordinator?.incarnation == incarnation else { return }
            noticeAtCoordinator(slot, channel, connection, worker)
        case .connects(let slot, let incarnation): connect(slot, incarnation)
        case .opensLink(let slot, let incarnation, let link): openLink(slot, incarnation, link)
        case .closes(let slot, let channel, let connection):
            guard network.connection(connection, slot, channel) != nil else { return }
            network.breakConnection(slot, channel)
        case .written(let incarnation):
            guard let coordinator, coordinator.incarnation == incarnation else { return }
            coordinator.writer.end()
        case .workerStarts(let slot): startWorker(slot)
        case .coordinatorStarts: startCoordinator()
        case .workerThaws(let slot, let incarnation): thawWorker(slot, incarnation)
        case .coordinatorThaws(let incarnation): thawCoordinator(incarnation)
        case .unblocks(let slot, let channel, let connection): unblock(slot, channel, connection)
        case .diskRecovers: recoverDisk()
        case .fault: makeFault()
        case .calms: calm()
        }
    }

    /// A place's worker, if it is still that process.
    func worker(_ slot: Int, _ incarnation: Int) -> SimulatedWorker<Model>? {
        guard let worker = workers[slot], worker.place.incarnation == incarnation else {
            return nil
        }
        return worker
    }
}

/// Processes take their turns.
extension Simulation {
    func runWorker(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        worker.takeTurn()
        guard !worker.isFrozen else { return }
        if let outcome = worker.outcome {
            if worker.busyUntil > world.now { return wake(worker, at: worker.busyUntil) }
            world.note(.worker(slot), .ends, 0, "\(outcome)")
            workerDidEnd(slot)
        } else if let time = worker.nextTurn {
            wake(worker, at: max(time, world.now))
        }
    }

    private func wake(_ worker: SimulatedWorker<Model>, at time: Duration) {
        let slot = worker.place.slot
        if let wake = wakes.workers[slot], wake <= time { return }
        wakes.workers[slot] = time
        world.schedule(
            .workerWakes(slot: slot, incarnation: worker.place.incarnation),
            at: time
        )
    }

    func forgetWake(of slot: Int) { wakes.workers[slot] = nil }

    func runCoordinator() {
        guard let coordinator else { return }
        coordinator.takeTurn()
        checkDoubts(of: coordinator)
        if let outcome = coordinator.outcome {
            world.note(.coordinator, .ends, 0, "\(outcome)")
            end(coordinator, outcome)
        } else if let time = coordinator.nextTurn, !coordinator.isFrozen {
            let time = max(time, world.now)
            if let wake = wakes.coordinator, wake <= time { return }
            wakes.coordinator = time
            world.schedule(.coordinatorWakes(incarnation: coordinator.incarnation), at: time)
        }
    }

    func forgetCoordinatorWake() { wakes.coordinator = nil }

    private func end(
        _ coordinator: SimulatedCoordinator<Model>,
        _ outcome: Coordinator.Outcome
    ) {
        switch outcome {
        case .completed:
            isComplete = true
            check(coordinator)
        case .stopped: coordinatorDidStop()
        case .corrupted: world.fail("the run ends instead of going back")
        }
    }
}

/// What must hold.
extension Simulation {
    /// Nobody honest is distrusted, and what a run goes back to has nothing of what it goes back
    /// for.
    private func checkDoubts(of coordinator: SimulatedCoordinator<Model>) {
        let observer = coordinator.observer
        if let honest = observer.distrusted.first(where: { !faultyWorkers.contains($0) }) {
            world.fail("\(honest) is honest, and distrusted")
        }
        guard observer.positionGoneBackTo != nil else { return }
        observer.positionGoneBackTo = nil
        guard let wrong = Model.lastWrong(in: coordinator.numbers) else { return }
        let isStillIn = Model.taints(in: coordinator.numbers).contains { taint in
            taint.work == wrong.work && taint.worker.map(wrong.workers.contains) == true
        }
        if isStillIn { world.fail("the run goes on from a checkpoint with a wrong answer in it") }
    }

    /// A wrong answer that nobody was asked to compare leaves a wrong model, and nothing else may.
    /// Once its worker was found wrong elsewhere, the step is known to be in doubt.
    private func check(_ coordinator: SimulatedCoordinator<Model>) {
        let numbers = coordinator.numbers
        let taints = Model.taints(in: numbers)
        if taints.isEmpty {
            let progress = coordinator.progress
            let digest = model.digest(of: numbers, progress.epochs, progress.test)
            if digest != model.expectedDigest() {
                world.fail("the digest is not that of the direct computation")
            }
        } else if options.verification == Verification(perMillion: 1_000_000) {
            world.fail("a wrong answer counts though every answer is compared")
        }
        let (distrusted, unverified) = coordinator.doubts
        for taint in taints {
            guard case .step(let index) = taint.work.round, let worker = taint.worker,
                distrusted.contains(worker),
                !unverified.contains(where: { $0.worker == worker && $0.steps.contains(index) })
            else { continue }
            world.fail("step \(index) is not known to be in doubt")
        }
    }
}
