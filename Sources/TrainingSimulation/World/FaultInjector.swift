import Figures
import SeededRandom
import TrainingProtocol
import Transport

/// Injects faults into a simulation, and heals them.
struct FaultInjector<Model: SimulatedModel> {
    private let simulation: Simulation<Model>
    private let world: World

    init(_ simulation: Simulation<Model>) {
        self.simulation = simulation
        world = simulation.world
    }

    private var options: SimulationOptions.Faults { world.options.faults }

    /// Draws when faults are injected, and schedules that they heal.
    func schedule() {
        for _ in 0..<options.count {
            world.schedule(.fault, at: world.faultRandom.duration(in: .zero...options.phase))
        }
        world.schedule(.calms, at: options.phase)
    }

    /// Injects a fault that is drawn.
    func inject() {
        let slot = drawSlot()
        let duration = world.faultRandom.duration(in: options.duration)
        switch world.faultRandom.choice(options.kinds) {
        case .workerCrash:
            guard simulation.workers[slot] != nil else { return }
            simulation.crashWorker(slot)
            simulation.restartWorker(slot)
        case .workerFreeze: freezeWorker(slot, for: duration)
        case .workerLeave:
            world.note(world.place(at: slot), .isAskedToStop)
            simulation.workers[slot]?.askToLeave()
            simulation.runWorker(slot)
        case .connectionBreak:
            let channel = world.faultRandom.choice(Channel.allCases)
            simulation.network.breakConnection(
                slot,
                channel,
                isNoticedLate: world.faultRandom.chance(50)
            )
        case .partition: block(slot, for: duration)
        case .garbage: sendGarbage(from: slot)
        case .strangers: receiveStrangers()
        case .coordinatorCrash: simulation.crashCoordinator()
        case .coordinatorFreeze: freezeCoordinator(for: duration)
        case .coordinatorStop:
            world.note(.coordinator, .isAskedToStop)
            simulation.coordinator?.isAskedToStop = true
            simulation.runCoordinator()
        case .diskFull:
            world.note(.coordinator, .fills)
            simulation.disk.files.isFull = true
            world.schedule(.diskRecovers, after: duration)
        case .diskSlow:
            world.note(.coordinator, .slowsDown)
            simulation.disk.isSlow = true
            world.schedule(.diskRecovers, after: duration)
        case .diskRot:
            if let file = simulation.disk.rot(bit: world.faultRandom.number(in: 0...100_000)) {
                world.note(.coordinator, .rots, 0, file)
            }
        }
    }

    /// Any place, or, as often, a relay's.
    private func drawSlot() -> Int {
        let (workerCount, placeCount) = (world.options.workers.count, world.options.placeCount)
        let isRelay = placeCount > workerCount && world.faultRandom.chance(50)
        return world.faultRandom.number(in: (isRelay ? workerCount : 0)...placeCount - 1)
    }

    private func freezeCoordinator(for duration: Duration) {
        guard let coordinator = simulation.coordinator, !coordinator.isFrozen else { return }
        world.note(.coordinator, .freezes)
        coordinator.isFrozen = true
        world.schedule(.coordinatorThaws(incarnation: coordinator.incarnation), after: duration)
    }

    private func freezeWorker(_ slot: Int, for duration: Duration) {
        guard let worker = simulation.workers[slot], !worker.isFrozen else { return }
        world.note(world.place(at: slot), .freezes)
        worker.isFrozen = true
        if world.faultRandom.chance(options.deathPercentage / 2) {
            // It hangs for good, and its connection does not break.
            simulation.isDoomed[slot] = true
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
            guard let connection = simulation.network[slot, channel], connection.isWhole else {
                continue
            }
            world.note(world.place(at: slot), .isBlocked, UInt64(ways.count), "\(channel) \(ways)")
            simulation.network[slot, channel]?.block(ways)
            if isForGood { continue }
            world.schedule(
                .unblocks(slot: slot, channel, connection: connection.number),
                after: duration
            )
        }
        if isForGood { simulation.isDoomed[slot] = true }
    }

    private func sendGarbage(from slot: Int) {
        let channel = world.faultRandom.choice(Channel.allCases)
        guard simulation.workers[slot] != nil else { return }
        simulation.network.send(Packet(.garbage), from: slot, channel)
    }

    /// Whoever knows the protocol asks to join, many times, and is not there when it is answered.
    private func receiveStrangers() {
        guard let connections = simulation.coordinator?.connections else { return }
        for _ in 0..<4 {
            let stranger = WorkerID(rawValue: world.faultRandom.next())
            let hello = WorkerArrival<Model.Payloads>(
                message: .hello(protocolVersion: protocolVersion),
                worker: stranger
            )
            connections.hear(WorkerPacket(hello), from: stranger)
        }
        simulation.runCoordinator()
    }

    func recoverDisk() {
        world.note(.coordinator, .recovers)
        simulation.disk.files.isFull = false
        simulation.disk.isSlow = false
    }

    /// Heals all, but for the doomed; of those, as many return as the run needs.
    func heal() {
        world.note(.coordinator, .calms)
        world.isCalm = true
        recoverDisk()
        let workers = 0..<world.options.workers.count
        for slot in workers
        where workers.count(where: { !simulation.isDoomed[$0] }) < world.options.run.workerCountMin
        {
            simulation.isDoomed[slot] = false
        }
        if simulation.coordinator == nil { simulation.startCoordinator() }
        if let coordinator = simulation.coordinator {
            simulation.thawCoordinator(coordinator.incarnation)
        }
        for slot in simulation.workers.indices where !simulation.isDoomed[slot] {
            for channel in Channel.allCases {
                if let connection = simulation.network[slot, channel] {
                    simulation.unblock(slot, channel, connection.number)
                }
            }
            if let worker = simulation.workers[slot] {
                simulation.thawWorker(slot, worker.place.incarnation)
            } else {
                simulation.startWorker(slot)
            }
        }
    }
}
