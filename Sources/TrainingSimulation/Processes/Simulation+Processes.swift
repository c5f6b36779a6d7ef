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
        world.note(.worker(slot), .starts, worker.rawValue, "as \(worker)")
        network.workerIsGone(slot)
        let arithmetic = PacedArithmetic(
            model.makeArithmetic(),
            at: place,
            wrongBits: wrongBits(of: place)
        )
        workers[slot] = SimulatedWorker(place, arithmetic: arithmetic, options.network.linkKind)
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
        workers[slot] = nil
        wakes.forgetWorker(slot)
        network.closeAfterLastWords(slot, .up)
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
        world.note(.worker(slot), .crashes)
        workers[slot] = nil
        wakes.forgetWorker(slot)
        // If the machine under it died too, nothing tells the coordinator.
        let isNoticedLate = world.faultRandom.chance(30)
        for channel in Channel.allCases {
            network.breakConnection(slot, channel, isNoticedLate: isNoticedLate)
        }
    }

    func thawWorker(_ slot: Int, _ incarnation: Int) {
        guard let worker = worker(slot, incarnation), worker.isFrozen else { return }
        world.note(.worker(slot), .thaws)
        worker.thaw()
        runWorker(slot)
    }

    func startCoordinator() {
        guard coordinator == nil else { return }
        network.coordinatorIncarnation += 1
        wakes.forgetCoordinator()
        do {
            coordinator = try SimulatedCoordinator(
                network.coordinatorIncarnation,
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
        self.coordinator = nil
        let isNoticedLate = world.faultRandom.chance(20)
        for slot in workers.indices {
            for channel in Channel.allCases {
                network.breakConnection(slot, channel, isNoticedLate: isNoticedLate)
            }
        }
        network.coordinatorIsGone()
        restartCoordinator()
    }

    /// It ended as the operator asked: its checkpoint is safe, its last words arrive.
    func coordinatorDidStop() {
        try? coordinator?.writer.finish()
        coordinator = nil
        network.coordinatorIsGone()
        for slot in workers.indices { network.closeAfterLastWords(slot, .down) }
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
