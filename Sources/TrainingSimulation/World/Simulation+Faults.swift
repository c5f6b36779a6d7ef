import Figures
import SeededRandom
import TrainingProtocol
import Transport

/// What goes wrong, and how it heals.
extension Simulation {
    func makeFault() {
        let slot = world.faultRandom.number(in: 0...options.workerCount - 1)
        let duration = world.faultRandom.duration(in: options.faultDuration)
        switch world.faultRandom.choice(options.faults) {
        case .workerCrash:
            guard workers[slot] != nil else { return }
            crashWorker(slot)
            restartWorker(slot)
        case .workerFreeze: freezeWorker(slot, for: duration)
        case .workerLeave:
            world.note(.worker(slot), .isAskedToStop)
            workers[slot]?.isAskedToLeave = true
            runWorker(slot)
        case .connectionBreak:
            let channel = world.faultRandom.choice(Channel.allCases)
            network.breakConnection(
                slot,
                channel,
                isNoticedLate: world.faultRandom.chance(50)
            )
        case .partition: block(slot, for: duration)
        case .garbage: sendGarbage(from: slot)
        case .strangers: receiveStrangers()
        case .coordinatorCrash: crashCoordinator()
        case .coordinatorFreeze: freezeCoordinator(for: duration)
        case .coordinatorStop:
            world.note(.coordinator, .isAskedToStop)
            coordinator?.isAskedToStop = true
            runCoordinator()
        case .diskFull:
            world.note(.coordinator, .fills)
            disk.files.isFull = true
            world.schedule(.diskRecovers, after: duration)
        case .diskSlow:
            world.note(.coordinator, .slowsDown)
            disk.isSlow = true
            world.schedule(.diskRecovers, after: duration)
        case .diskRot:
            if let file = disk.rot(bit: world.faultRandom.number(in: 0...100_000)) {
                world.note(.coordinator, .rots, 0, file)
            }
        }
    }

    private func freezeCoordinator(for duration: Duration) {
        guard let coordinator, !coordinator.isFrozen else { return }
        world.note(.coordinator, .freezes)
        coordinator.isFrozen = true
        world.schedule(.coordinatorThaws(incarnation: coordinator.incarnation), after: duration)
    }

    private func freezeWorker(_ slot: Int, for duration: Duration) {
        guard let worker = workers[slot], !worker.isFrozen else { return }
        world.note(.worker(slot), .freezes)
        worker.isFrozen = true
        if world.faultRandom.chance(options.deathPercentage / 2) {
            // It hangs for good, and its connection does not break.
            isDoomed[slot] = true
        } else {
            world.schedule(
                .workerThaws(slot: slot, incarnation: worker.place.incarnation),
                after: duration
            )
        }
    }

    private func block(_ slot: Int, for duration: Duration) {
        let ways = world.faultRandom.choice([[Direction.down], [.up], [.down, .up]])
        let isForGood = world.faultRandom.chance(options.deathPercentage / 2)
        for channel in Channel.allCases {
            guard let connection = network[slot, channel], connection.isWhole else { continue }
            world.note(.worker(slot), .isBlocked, UInt64(ways.count), "\(channel) \(ways)")
            network[slot, channel]?.block(ways)
            if isForGood { continue }
            world.schedule(
                .unblocks(slot: slot, channel, connection: connection.number),
                after: duration
            )
        }
        if isForGood { isDoomed[slot] = true }
    }

    private func sendGarbage(from slot: Int) {
        let channel = world.faultRandom.choice(Channel.allCases)
        guard workers[slot] != nil else { return }
        network.send(Packet(.garbage), from: slot, channel)
    }

    /// Whoever knows the protocol asks to join, many times, and is not there when it is answered.
    private func receiveStrangers() {
        guard let connections = coordinator?.connections else { return }
        for _ in 0..<4 {
            let stranger = WorkerID(rawValue: world.faultRandom.next())
            let hello = WorkerArrival<Model.Payloads>(
                message: .hello(protocolVersion: protocolVersion),
                worker: stranger
            )
            connections.hear(Packet(.toCoordinator(hello)), from: stranger)
        }
        runCoordinator()
    }

    func recoverDisk() {
        world.note(.coordinator, .recovers)
        disk.files.isFull = false
        disk.isSlow = false
    }

    /// Heals all, but for the doomed; of those, as many return as the run needs.
    func calm() {
        world.note(.coordinator, .calms)
        world.isCalm = true
        recoverDisk()
        for slot in isDoomed.indices
        where isDoomed.count(where: { !$0 }) < options.workerCountMin {
            isDoomed[slot] = false
        }
        if coordinator == nil { startCoordinator() }
        if let coordinator { thawCoordinator(coordinator.incarnation) }
        for slot in workers.indices where !isDoomed[slot] {
            for channel in Channel.allCases {
                if let connection = network[slot, channel] {
                    unblock(slot, channel, connection.number)
                }
            }
            if let worker = workers[slot] {
                thawWorker(slot, worker.place.incarnation)
            } else {
                startWorker(slot)
            }
        }
    }
}
