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
    var processes: Processes<Model>
    /// Places whose worker is gone for good.
    var isDoomed: [Bool]
    /// Tells what must not be.
    var oracle: Oracle<Model>
    var wakes: Wakes
    private var isComplete = false

    var options: SimulationOptions { world.options }

    var workers: [SimulatedMember<Model>?] { processes.members }

    var coordinator: SimulatedCoordinator<Model>? { processes.coordinator }

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
        processes = Processes(members: Array(repeating: nil, count: options.placeCount))
        isDoomed = Array(repeating: false, count: options.placeCount)
        oracle = Oracle(world, model)
        wakes = Wakes(workerCount: options.placeCount)
        world.schedule(.coordinatorStarts, at: .zero)
        for (slot, start) in options.workers.starts.enumerated() {
            world.schedule(.workerStarts(slot: slot), at: start)
        }
        for slot in options.workers.count..<options.placeCount {
            world.schedule(.workerStarts(slot: slot), at: .zero)
        }
        FaultInjector(self).schedule()
    }

    /// Prepares the run of a seed, of the processes that a topology has.
    package convenience init(seed: UInt64, _ topology: Topology, hasText: Bool = false) {
        let options = SimulationOptions(seed: seed, topology)
        self.init(seed: seed, options: options, hasText: hasText)
    }

    /// Runs to the end, or to the first thing that must not be.
    package func run() -> SimulationResult {
        var eventCount = 0
        let (timeMax, eventCountMax) = (options.timeMax, eventCountMax)
        while world.failure == nil, !isComplete {
            guard let event = world.next() else {
                world.fail("nothing more happens")
                break
            }
            eventCount += 1
            take(event)
            if world.now > timeMax { world.fail("no end after \(timeMax)") }
            if eventCount > eventCountMax { world.fail("no end of messages") }
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

    /// Some fifty times what a long run of six workers needs, and more for more of them.
    private var eventCountMax: Int { 1_000_000 * max(1, options.placeCount / 10) }

    private func take(_ event: SimulatedEvent) {
        switch event {
        case .departs(let slot, let incarnation, let channel, let packet):
            processes.member(slot, incarnation)?.depart(packet, over: channel)
        case .arrives(let slot, let channel, let connection, let packet):
            guard network.lets(packet, to: slot, channel, connection) else { return }
            deliver(packet, slot, channel)
        case .workerWakes(let slot, let incarnation):
            guard processes.member(slot, incarnation) != nil else { return }
            wakes.forgetWorker(slot)
            runWorker(slot)
        case .coordinatorWakes(let incarnation):
            guard coordinator?.incarnation == incarnation else { return }
            wakes.forgetCoordinator()
            runCoordinator()
        case .workerNotices(let slot, let channel, let connection):
            noticeAtWorker(slot, channel, connection)
        case .hubNotices(let hub, let slot, let channel, let connection, let worker, let number):
            guard processes.incarnation(of: hub) == number else { return }
            noticeAtHub(hub, slot, channel, connection, worker)
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
}

/// Processes take their turns.
extension Simulation {
    func runWorker(_ slot: Int) {
        guard let worker = workers[slot] else { return }
        worker.takeTurn()
        guard !worker.isFrozen else { return }
        if let outcome = worker.outcome, worker.busyUntil <= world.now {
            world.note(world.place(at: slot), .ends, 0, "\(outcome)")
            return workerDidEnd(slot)
        }
        guard let time = worker.outcome == nil ? worker.nextTurn : worker.busyUntil else { return }
        let wake = max(time, world.now)
        guard wakes.isNewForWorker(slot, at: wake) else { return }
        world.schedule(.workerWakes(slot: slot, incarnation: worker.place.incarnation), at: wake)
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
