import SeededRandom
import TrainingProtocol
import Transport

/// What comes over the network to which process.
extension Simulation {
    func deliver(_ packet: Packet, _ slot: Int, _ channel: Channel) {
        guard let connection = network[slot, channel] else { return }
        let (sender, hub) = (connection.worker, connection.hub)
        let number = packet.traceNumber
        switch packet.contents {
        case .toWorker:
            world.note(world.place(at: slot), .hears, number, "\(channel) \(packet.traceText)")
            guard let worker = workers[slot] else { return }
            if case .toWorker(.welcome) = packet.contents { network.noteSuccess(of: slot) }
            worker.hear(packet, over: channel)
            runWorker(slot)
        case .toCoordinator, .garbage:
            let place = world.place(of: hub)
            world.note(place, .hears, number, "\(slot) \(channel) \(packet.traceText)")
            if channel == .main {
                processes.connections(of: hub)?.hear(packet, from: sender)
            } else {
                coordinator?.links?.hear(packet, from: sender)
            }
            run(hub)
        }
    }

    private func run(_ hub: Hub) {
        switch hub {
        case .coordinator: runCoordinator()
        case .relay(let slot): runWorker(slot)
        }
    }

    func connect(_ slot: Int, _ incarnation: Int) {
        guard let worker = processes.member(slot, incarnation) else { return }
        if network[slot, .main]?.isOpenAtWorker == true { return }
        let hub = network.hub(of: slot)
        guard processes.connections(of: hub) != nil else {
            _ = network.noteFailure(of: slot)
            let retry = world.random.duration(in: .milliseconds(50) ... .milliseconds(200))
            return world.schedule(.connects(slot: slot, incarnation: incarnation), after: retry)
        }
        network.connect(slot, .main, as: worker.place.worker, to: hub)
        worker.hear(.made, over: .main)
        runWorker(slot)
    }

    /// Opens the link that a welcome has offered, if the coordinator that offered it is there.
    func openLink(_ slot: Int, _ incarnation: Int, _ number: Int) {
        guard case .worker(let worker)? = processes.member(slot, incarnation),
            worker.link.number == number, !worker.link.isOpen
        else { return }
        let id = worker.place.worker
        guard let coordinator, coordinator.links?.accepts(id, link: number) == true else {
            return worker.link.wasRefused()
        }
        network.connect(slot, .link, as: id, to: .coordinator)
        coordinator.links?.inbox.hear(.linkOpened(id))
        runCoordinator()
    }

    func noticeAtWorker(_ slot: Int, _ channel: Channel, _ number: Int) {
        guard let worker = workers[slot],
            let connection = network.connection(number, slot, channel),
            connection.worker == worker.place.worker, connection.isOpenAtWorker
        else { return }
        network[slot, channel]?.isOpenAtWorker = false
        worker.hear(.lost, over: channel)
        runWorker(slot)
        guard channel == .main, let worker = workers[slot] else { return }
        let retry = world.random.duration(in: .milliseconds(50) ... .milliseconds(100))
        let incarnation = worker.place.incarnation
        world.schedule(.connects(slot: slot, incarnation: incarnation), after: retry)
    }

    func noticeAtHub(
        _ hub: Hub,
        _ slot: Int,
        _ channel: Channel,
        _ number: Int,
        _ worker: WorkerID
    ) {
        let isCurrent = network.connection(number, slot, channel) != nil
        let isOpen = isCurrent && network[slot, channel]?.isOpenAtCoordinator == true
        if isCurrent { network[slot, channel]?.isOpenAtCoordinator = false }
        if channel == .link {
            // A link that the coordinator has dropped, or replaced, is none of its workers' loss.
            if isOpen { coordinator?.links?.inbox.lose(worker) }
        } else if options.network.areBreaksReported {
            // The worker may have connected again in between: the report is late then.
            processes.connections(of: hub)?.inbox.lose(worker)
        }
        run(hub)
    }

    func unblock(_ slot: Int, _ channel: Channel, _ number: Int) {
        guard network.connection(number, slot, channel) != nil else { return }
        world.note(world.place(at: slot), .isUnblocked, UInt64(channel.rawValue), "\(channel)")
        for packet in network[slot, channel]?.unblock() ?? [] {
            guard network.connection(number, slot, channel)?.isWhole == true else { return }
            deliver(packet, slot, channel)
        }
    }
}
