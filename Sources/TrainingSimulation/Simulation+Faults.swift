import SeededRandom
import TrainingProtocol

/// What goes wrong, and how it heals.
extension Simulation {
    func makeFault() {
        let slot = faultRandom.number(in: 0...options.workerCount - 1)
        let duration = faultRandom.duration(in: options.faultDuration)
        switch faultRandom.choice(options.faults) {
        case .workerCrash:
            guard workers[slot] != nil else { return }
            crashWorker(slot)
            restartWorker(slot)
        case .workerFreeze: freezeWorker(slot, for: duration)
        case .workerLeave:
            trace.note(now, .worker(slot), .isAskedToStop)
            workers[slot]?.isAskedToLeave = true
            runWorker(slot)
        case .linkBreak: breakLink(slot, isNoticedLate: faultRandom.chance(50))
        case .partition: blockLink(slot, for: duration)
        case .coordinatorCrash: crashCoordinator()
        case .coordinatorFreeze:
            guard coordinator?.isFrozen == false else { return }
            trace.note(now, .coordinator, .freezes)
            coordinator?.isFrozen = true
            queue.schedule(
                .coordinatorThaws(incarnation: coordinatorIncarnation),
                at: now + duration
            )
        case .coordinatorStop:
            trace.note(now, .coordinator, .isAskedToStop)
            coordinator?.hear(.stopRequested, .none)
            runCoordinator()
        }
    }

    private func freezeWorker(_ slot: Int, for duration: Duration) {
        guard let worker = workers[slot], !worker.isFrozen else { return }
        trace.note(now, .worker(slot), .freezes)
        workers[slot]?.isFrozen = true
        if faultRandom.chance(options.deathPercentage / 2) {
            // It hangs for good, and its connection does not break.
            isDoomed[slot] = true
        } else {
            let thaw = SimulatedEvent.workerThaws(slot: slot, incarnation: worker.incarnation)
            queue.schedule(thaw, at: now + duration)
        }
    }

    private func blockLink(_ slot: Int, for duration: Duration) {
        guard let link = links[slot], link.isWhole else { return }
        let ways = faultRandom.choice([[Direction.down], [.up], [.down, .up]])
        trace.note(now, .worker(slot), .isBlocked, UInt64(ways.count), "\(ways)")
        for way in ways { links[slot]?.block(way) }
        if faultRandom.chance(options.deathPercentage / 2) {
            isDoomed[slot] = true
        } else {
            queue.schedule(.unblocks(slot: slot, link: link.number), at: now + duration)
        }
    }

    /// Heals all, but for the doomed; of those, as many return as the run needs.
    func calm() {
        trace.note(now, .coordinator, .calms)
        isCalm = true
        for slot in isDoomed.indices
        where isDoomed.count(where: { !$0 }) < options.workerCountMin {
            isDoomed[slot] = false
        }
        if coordinator == nil { startCoordinator() }
        thawCoordinator(coordinatorIncarnation)
        for slot in workers.indices where !isDoomed[slot] {
            if let link = links[slot] { unblock(slot, link.number) }
            if let worker = workers[slot] {
                thawWorker(slot, worker.incarnation)
            } else {
                startWorker(slot)
            }
        }
    }
}
