import SeededRandom
import TrainingDriver
import TrainingProtocol

/// One run of the program's two drivers in virtual time, in a world that a seed draws.
///
/// First all kinds of things go wrong; then they heal, but for some workers that are gone for good;
/// then the run must end, in bounded time, at the digest of a direct computation.
package final class Simulation<Model: SimulatedModel> {
    let world: World
    let network: SimulatedNetwork
    let disk = SimulatedDisk()
    let model: Model
    var workers: [SimulatedWorker<Model>?]
    /// Places whose worker is gone for good.
    var isDoomed: [Bool]
    var coordinator: SimulatedCoordinator<Model>?
    /// Tells what must not be.
    var oracle: Oracle<Model>
    var wakes: Wakes
    private var isComplete = false

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
        model = Model(schedule: options.run.schedule, stopping: options.run.stopping, seed: seed)
        workers = Array(repeating: nil, count: options.workers.count)
        isDoomed = Array(repeating: false, count: options.workers.count)
        oracle = Oracle(world, model)
        wakes = Wakes(workerCount: options.workers.count)
        world.schedule(.coordinatorStarts, at: .zero)
        for (slot, start) in options.workers.starts.enumerated() {
            world.schedule(.workerStarts(slot: slot), at: start)
        }
        FaultInjector(self).schedule()
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

    private func take(_ event: SimulatedEvent) {
        switch event {
        case .departs(let slot, let incarnation, let channel, let packet):
            worker(slot, incarnation)?.depart(packet, over: channel)
        case .arrives(let slot, let channel, let connection, let packet):
            guard network.lets(packet, to: slot, channel, connection) else { return }
            deliver(packet, slot, channel)
        case .workerWakes(let slot, let incarnation):
            guard worker(slot, incarnation) != nil else { return }
            wakes.forgetWorker(slot)
            runWorker(slot)
        case .coordinatorWakes(let incarnation):
            guard coordinator?.incarnation == incarnation else { return }
            wakes.forgetCoordinator()
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
        case .diskRecovers: FaultInjector(self).recoverDisk()
        case .fault: FaultInjector(self).inject()
        case .calms: FaultInjector(self).heal()
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
        let place = worker.place
        guard wakes.isNewForWorker(place.slot, at: time) else { return }
        world.schedule(.workerWakes(slot: place.slot, incarnation: place.incarnation), at: time)
    }

    func runCoordinator() {
        guard let coordinator else { return }
        coordinator.takeTurn()
        oracle.checkDoubts(of: coordinator)
        if let outcome = coordinator.outcome {
            world.note(.coordinator, .ends, 0, "\(outcome)")
            end(coordinator, outcome)
        } else if let time = coordinator.nextTurn, !coordinator.isFrozen {
            let time = max(time, world.now)
            guard wakes.isNewForCoordinator(at: time) else { return }
            world.schedule(.coordinatorWakes(incarnation: coordinator.incarnation), at: time)
        }
    }

    private func end(
        _ coordinator: SimulatedCoordinator<Model>,
        _ outcome: Coordinator.Outcome
    ) {
        switch outcome {
        case .completed:
            isComplete = true
            oracle.check(coordinator)
        case .stopped: coordinatorDidStop()
        case .corrupted: world.fail("the run ends instead of going back")
        }
    }
}
