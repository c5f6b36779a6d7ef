import SeededRandom
import TrainingProtocol
import Transport

/// How messages travel between places, and how connections come and go.
final class SimulatedNetwork {
    private let world: World
    /// A place's two connections.
    private var connections: [(main: Connection?, link: Connection?)]
    /// Which process of the coordinator, or of a relay, is at the other end.
    private var incarnations: [Hub: Int] = [:]
    /// Where each place's process looks for whom it connects to.
    private var addresses: [Addresses]

    init(_ world: World) {
        self.world = world
        let options = world.options
        connections = Array(repeating: (nil, nil), count: options.placeCount)
        addresses = Addresses.all(
            workerCount: options.workers.count,
            relayCount: options.relayCount
        )
    }

    /// Which process of a hub is at the other end.
    func incarnation(of hub: Hub) -> Int { incarnations[hub] ?? 0 }

    /// Another process is at the other end from now on.
    func begin(_ incarnation: Int, of hub: Hub) { incarnations[hub] = incarnation }

    /// Whom a place's process looks for.
    func hub(of slot: Int) -> Hub { addresses[slot].hub }

    /// Notes that a place's process has found nobody, or was not answered; tells whether it looks
    /// for another from now on.
    func noteFailure(of slot: Int) -> Bool { addresses[slot].noteFailure() }

    /// Notes that a place's process was taken in.
    func noteSuccess(of slot: Int) { addresses[slot].noteSuccess() }

    subscript(slot: Int, channel: Channel) -> Connection? {
        get { channel == .main ? connections[slot].main : connections[slot].link }
        set {
            if channel == .main {
                connections[slot].main = newValue
            } else {
                connections[slot].link = newValue
            }
        }
    }

    /// The connection with a number; nil if another one has come in its place.
    func connection(_ number: Int, _ slot: Int, _ channel: Channel) -> Connection? {
        guard let connection = self[slot, channel], connection.number == number else { return nil }
        return connection
    }

    /// The place of the worker that a hub's side knows over a channel.
    func slot(of worker: WorkerID, _ channel: Channel, at hub: Hub = .coordinator) -> Int? {
        connections.indices.first {
            guard let connection = self[$0, channel], connection.worker == worker else {
                return false
            }
            return connection.isOpenAtCoordinator && connection.hub == hub
        }
    }

    /// Connects a place's worker.
    func connect(_ slot: Int, _ channel: Channel, as worker: WorkerID, to hub: Hub) {
        world.note(world.place(at: slot), .connects, UInt64(channel.rawValue), "\(channel)")
        self[slot, channel] = Connection(
            number: world.drawNumber(),
            worker: worker,
            to: hub,
            at: world.now
        )
    }

    /// Sends a worker's message.
    func send(_ packet: Packet, from slot: Int, _ channel: Channel) {
        let number = packet.traceNumber
        guard let connection = self[slot, channel], connection.isOpenAtWorker else {
            // The transport keeps nothing for a coordinator that is not there.
            world.note(
                world.place(at: slot),
                .cannotReach,
                number,
                "\(channel) \(packet.traceText)"
            )
            return
        }
        world.note(world.place(at: slot), .sends, number, "\(channel) \(packet.traceText)")
        if case .toCoordinator(.hello) = packet.contents, noteFailure(of: slot) {
            return breakConnection(slot, channel)
        }
        dispatch(packet, slot, channel)
    }

    /// Sends a message of the coordinator, or of a relay.
    ///
    /// - Returns: false if its side knows no such worker.
    func send(
        _ packet: Packet,
        to worker: WorkerID,
        _ channel: Channel,
        from hub: Hub = .coordinator
    ) -> Bool {
        let number = packet.traceNumber
        let place = world.place(of: hub)
        guard let slot = slot(of: worker, channel, at: hub) else {
            world.note(place, .cannotReach, number, "\(worker) \(packet.traceText)")
            return false
        }
        world.note(
            place,
            .sends,
            number,
            "to \(world.place(at: slot)) \(channel) \(packet.traceText)"
        )
        dispatch(packet, slot, channel)
        return true
    }

    private func dispatch(_ packet: Packet, _ slot: Int, _ channel: Channel) {
        guard let connection = self[slot, channel], connection.isWhole else { return }
        if !world.isCalm, world.random.chance(world.options.network.lossPercentage) {
            world.note(world.place(at: slot), .loses, packet.traceNumber, packet.traceText)
            return
        }
        let time = world.now + world.random.duration(in: world.options.network.delay)
        guard let arrival = self[slot, channel]?.arrival(packet.direction, at: time) else { return }
        world.schedule(
            .arrives(slot: slot, channel, connection: connection.number, packet),
            at: arrival
        )
    }

    /// Whether a message comes through; if a way is blocked, it waits there.
    func lets(_ packet: Packet, to slot: Int, _ channel: Channel, _ number: Int) -> Bool {
        guard connection(number, slot, channel)?.isWhole == true else {
            world.note(world.place(at: slot), .loses, packet.traceNumber, packet.traceText)
            return false
        }
        return self[slot, channel]?.holds(packet) == false
    }

    /// Breaks a connection: what is under way is lost, and each side learns of it in its own time.
    func breakConnection(_ slot: Int, _ channel: Channel, isNoticedLate: Bool = false) {
        guard let connection = self[slot, channel], connection.isWhole else { return }
        self[slot, channel]?.isWhole = false
        world.note(world.place(at: slot), .disconnects, UInt64(channel.rawValue), "\(channel)")
        let late: ClosedRange<Duration> = .milliseconds(100) ... .seconds(12)
        let soon: ClosedRange<Duration> = .zero ... .milliseconds(5)
        let isLateAtWorker = isNoticedLate && world.random.chance(50)
        let isLateAtCoordinator = isNoticedLate && !(isLateAtWorker && world.random.chance(50))
        world.schedule(
            .workerNotices(slot: slot, channel, connection: connection.number),
            after: world.random.duration(in: isLateAtWorker ? late : soon)
        )
        world.schedule(
            .hubNotices(
                connection.hub,
                slot: slot,
                channel,
                connection: connection.number,
                connection.worker,
                incarnation: incarnation(of: connection.hub)
            ),
            after: world.random.duration(in: isLateAtCoordinator ? late : soon)
        )
    }

    /// Breaks a worker's connection, as a hub's side wants.
    func drop(_ worker: WorkerID, _ channel: Channel, at hub: Hub = .coordinator) {
        guard let slot = slot(of: worker, channel, at: hub) else { return }
        breakConnection(slot, channel)
        self[slot, channel]?.isOpenAtCoordinator = false
    }

    /// Breaks all connections to a hub.
    func breakConnections(to hub: Hub, isNoticedLate: Bool) {
        for slot in connections.indices {
            for channel in Channel.allCases where self[slot, channel]?.hub == hub {
                breakConnection(slot, channel, isNoticedLate: isNoticedLate)
            }
        }
    }

    /// Lets a process's last words through, and then closes its connection.
    func closeAfterLastWords(of slot: Int) {
        for channel in Channel.allCases { closeAfterLastWords(slot, channel, .up) }
    }

    /// Lets a hub's last words through, and then closes its connections.
    func closeAfterLastWords(of hub: Hub) {
        for slot in connections.indices {
            for channel in Channel.allCases where self[slot, channel]?.hub == hub {
                closeAfterLastWords(slot, channel, .down)
            }
        }
    }

    private func closeAfterLastWords(_ slot: Int, _ channel: Channel, _ direction: Direction) {
        guard let connection = self[slot, channel], connection.isWhole else { return }
        let last = connection.arrival(direction, at: world.now)
        world.schedule(.closes(slot: slot, channel, connection: connection.number), at: last)
    }

    /// Forgets a hub's side of all connections: its process is gone.
    func isGone(_ hub: Hub) {
        for slot in connections.indices {
            for channel in Channel.allCases where self[slot, channel]?.hub == hub {
                self[slot, channel]?.isOpenAtCoordinator = false
            }
        }
    }

    /// Forgets the worker's side of a place's connections: its process is gone.
    func workerIsGone(_ slot: Int) {
        for channel in Channel.allCases { self[slot, channel]?.isOpenAtWorker = false }
    }
}
