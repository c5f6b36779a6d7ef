import SeededRandom
import TrainingProtocol
import Transport

/// How messages travel between places, and how connections come and go.
final class SimulatedNetwork {
    private let world: World
    /// A place's two connections.
    private var connections: [(main: Connection?, link: Connection?)]
    /// Which coordinator's process is at the other end.
    var coordinatorIncarnation = 0

    init(_ world: World) {
        self.world = world
        connections = Array(repeating: (nil, nil), count: world.options.workers.count)
    }

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

    /// The place of the worker that the coordinator's side knows over a channel.
    func slot(of worker: WorkerID, _ channel: Channel) -> Int? {
        connections.indices.first {
            let connection = self[$0, channel]
            return connection?.worker == worker && connection?.isOpenAtCoordinator == true
        }
    }

    /// Connects a place's worker.
    func connect(_ slot: Int, _ channel: Channel, as worker: WorkerID) {
        world.note(.worker(slot), .connects, UInt64(channel.rawValue), "\(channel)")
        self[slot, channel] = Connection(
            number: world.drawNumber(),
            worker: worker,
            at: world.now
        )
    }

    /// Sends a worker's message.
    func send(_ packet: Packet, from slot: Int, _ channel: Channel) {
        let number = packet.traceNumber
        guard let connection = self[slot, channel], connection.isOpenAtWorker else {
            // The transport keeps nothing for a coordinator that is not there.
            world.note(.worker(slot), .cannotReach, number, "\(channel) \(packet.traceText)")
            return
        }
        world.note(.worker(slot), .sends, number, "\(channel) \(packet.traceText)")
        dispatch(packet, slot, channel)
    }

    /// Sends the coordinator's message.
    ///
    /// - Returns: false if the coordinator's side knows no such worker.
    func send(_ packet: Packet, to worker: WorkerID, _ channel: Channel) -> Bool {
        let number = packet.traceNumber
        guard let slot = slot(of: worker, channel) else {
            world.note(.coordinator, .cannotReach, number, "\(worker) \(packet.traceText)")
            return false
        }
        world.note(
            .coordinator,
            .sends,
            number,
            "to worker \(slot) \(channel) \(packet.traceText)"
        )
        dispatch(packet, slot, channel)
        return true
    }

    private func dispatch(_ packet: Packet, _ slot: Int, _ channel: Channel) {
        guard let connection = self[slot, channel], connection.isWhole else { return }
        if !world.isCalm, world.random.chance(world.options.network.lossPercentage) {
            world.note(.worker(slot), .loses, packet.traceNumber, packet.traceText)
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
            world.note(.worker(slot), .loses, packet.traceNumber, packet.traceText)
            return false
        }
        return self[slot, channel]?.holds(packet) == false
    }

    /// Breaks a connection: what is under way is lost, and each side learns of it in its own time.
    func breakConnection(_ slot: Int, _ channel: Channel, isNoticedLate: Bool = false) {
        guard let connection = self[slot, channel], connection.isWhole else { return }
        self[slot, channel]?.isWhole = false
        world.note(.worker(slot), .disconnects, UInt64(channel.rawValue), "\(channel)")
        let late: ClosedRange<Duration> = .milliseconds(100) ... .seconds(12)
        let soon: ClosedRange<Duration> = .zero ... .milliseconds(5)
        let isLateAtWorker = isNoticedLate && world.random.chance(50)
        let isLateAtCoordinator = isNoticedLate && !(isLateAtWorker && world.random.chance(50))
        world.schedule(
            .workerNotices(slot: slot, channel, connection: connection.number),
            after: world.random.duration(in: isLateAtWorker ? late : soon)
        )
        world.schedule(
            .coordinatorNotices(
                slot: slot,
                channel,
                connection: connection.number,
                connection.worker,
                incarnation: coordinatorIncarnation
            ),
            after: world.random.duration(in: isLateAtCoordinator ? late : soon)
        )
    }

    /// Breaks a worker's connection, as the coordinator's side wants.
    func drop(_ worker: WorkerID, _ channel: Channel) {
        guard let slot = slot(of: worker, channel) else { return }
        breakConnection(slot, channel)
        self[slot, channel]?.isOpenAtCoordinator = false
    }

    /// Lets last words through one way, and then closes the connection.
    func closeAfterLastWords(_ slot: Int, _ direction: Direction) {
        for channel in Channel.allCases {
            guard let connection = self[slot, channel], connection.isWhole,
                let last = self[slot, channel]?.arrival(direction, at: world.now)
            else { continue }
            world.schedule(.closes(slot: slot, channel, connection: connection.number), at: last)
        }
    }

    /// Forgets the coordinator's side of all connections: its process is gone.
    func coordinatorIsGone() {
        for slot in connections.indices {
            for channel in Channel.allCases { self[slot, channel]?.isOpenAtCoordinator = false }
        }
    }

    /// Forgets the worker's side of a place's connections: its process is gone.
    func workerIsGone(_ slot: Int) {
        for channel in Channel.allCases { self[slot, channel]?.isOpenAtWorker = false }
    }
}
