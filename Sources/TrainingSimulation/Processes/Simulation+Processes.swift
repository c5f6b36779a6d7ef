import SeededRandom
import TrainingProtocol

/// How processes start and end.
extension Simulation {
    func startWorker(_ slot: Int) {
        guard workers[slot] == nil, !isDoomed[slot] else { return }
        // A process with memory comes back under the name that its last connection had.
        let last = network[slot, .main]?.worker
        let worker =
            world.faultRandom.chance(30)
            ? last ?? WorkerID(rawValue: world.faultRandom.next())
            : WorkerID(rawValue: world.faultRandom.next())
        let place = WorkerPlace(
            slot: slot,
            worker: worker,
            incarnation: world.drawNumber(),
            world: world,
            network: network,
            clock: SimulatedClock<Model>(world)
        )
        world.note(world.place(at: slot), .starts, worker.rawValue, "as \(worker)")
        network.workerIsGone(slot)
        if slot < options.workers.count {
            let arithmetic = PacedArithmetic(
                model.makeArithmetic(),
                at: place,
                wrongBits: wrongBits(of: place)
            )
            let linkKind = options.network.linkKind
            processes.members[slot] = .worker(
                SimulatedWorker(place, arithmetic: arithmetic, linkKind)
            )
        } else {
            network.isGone(.relay(slot: slot))
            network.begin(place.incarnation, of: .relay(slot: slot))
            processes.members[slot] = .relay(SimulatedRelay(place, model.makeRelaying()))
        }
        world.schedule(.connects(slot: slot, incarnation: place.incarnation), at: world.now)
        runWorker(slot)
    }

    private func wrongBits(of place: WorkerPlace<Model>) -> RandomStream? {
        guard !world.isCalm, options.workers.faultySlots.contains(place.slot) else { return nil }
        oracle.faultyWorkers.insert(place.worker)
        return RandomStream(seed: world.seed, stream: 200 + UInt64(place.incarnation))
    }

    /// A process ended by itself: its last words arrive, then its connections close.
    func workerDidEnd(_ slot: Int) {
        processes.members[slot] = nil
        wakes.forgetWorker(slot)
        network.closeAfterLastWords(of: slot)
        network.isGone(.relay(slot: slot))
        network.closeAfterLastWords(of: .relay(slot: slot))
        restartWorker(slot)
    }

    func restartWorker(_ slot: Int) {
        if !world.isCalm, world.faultRandom.chance(options.faults.deathPercentage) {
            isDoomed[slot] = true
            return
        }
        let delay = world.faultRandom.duration(
            in: .milliseconds(1) ... .seconds(world.isCalm ? 1 : 5)
        )
        world.schedule(.workerStarts(slot: slot), after: delay)
    }

    func crashWorker(_ slot: Int) {
        guard workers[slot] != nil else { return }
        world.note(world.place(at: slot), .crashes)
        processes.members[slot] = nil
        wakes.forgetWorker(slot)
        // If the machine under it died too, nothing tells the coordinator.
        let isNoticedLate = world.faultRandom.chance(30)
        for channel in Channel.allCases {
            network.breakConnection(slot, channel, isNoticedLate: isNoticedLate)
        }
        network.breakConnections(to: .relay(slot: slot), isNoticedLate: isNoticedLate)
        network.isGone(.relay(slot: slot))
    }

    func thawWorker(_ slot: Int, _ incarnation: Int) {
        guard let worker = processes.member(slot, incarnation), worker.isFrozen else { return }
        world.note(world.place(at: slot), .thaws)
        worker.thaw()
        runWorker(slot)
    }

    func startCoordinator() {
        guard coordinator == nil else { return }
        let incarnation = network.incarnation(of: .coordinator) + 1
        network.begin(incarnation, of: .coordinator)
        wakes.forgetCoordinator()
        do {
            processes.coordinator = try SimulatedCoordinator(
                incarnation,
                of: model,
                over: network,
                on: disk,
                in: world
            )
        } catch {
            // A full disk has no room for the first checkpoint: the operator tries again.
            world.note(.coordinator, .cannotStore, 0, "\(error)")
            if world.isCalm { world.fail("the coordinator does not start: \(error)") }
            return restartCoordinator()
        }
        runCoordinator()
    }

    private func restartCoordinator() {
        let delay = world.faultRandom.duration(
            in: .milliseconds(1) ... .seconds(world.isCalm ? 1 : 5)
        )
        world.schedule(.coordinatorStarts, after: delay)
    }

    func crashCoordinator() {
        guard let coordinator else { return }
        world.note(.coordinator, .crashes)
        coordinator.writer.die(afterCalls: world.faultRandom.number(in: 0...14))
        if world.faultRandom.chance(50) {
            // The machine goes with it.
            disk.files.cutPower(
                share: world.faultRandom.number(in: 0...1_000),
                namesSurvive: world.faultRandom.chance(50)
            )
        }
        processes.coordinator = nil
        let isNoticedLate = world.faultRandom.chance(20)
        network.breakConnections(to: .coordinator, isNoticedLate: isNoticedLate)
        network.isGone(.coordinator)
        restartCoordinator()
    }

    /// It ended as the operator asked: its checkpoint is safe, its last words arrive.
    func coordinatorDidStop() {
        try? coordinator?.writer.finish()
        processes.coordinator = nil
        network.isGone(.coordinator)
        network.closeAfterLastWords(of: .coordinator)
        restartCoordinator()
    }

    func thawCoordinator(_ incarnation: Int) {
        guard let coordinator, coordinator.incarnation == incarnation, coordinator.isFrozen else {
            return
        }
        world.note(.coordinator, .thaws)
        coordinator.isFrozen = false
        runCoordinator()
    }
}
