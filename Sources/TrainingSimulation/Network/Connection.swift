import TrainingProtocol

/// Which way a message travels.
enum Direction: Int, Sendable, CaseIterable {
    /// To a worker.
    case down
    /// To the coordinator.
    case up
}

/// Which of a worker's two ways to the coordinator.
enum Channel: Int, Sendable, CaseIterable {
    /// The connection that every worker has.
    case main
    /// The link that a welcome offers.
    case link
}

/// One connection of a worker's process, as TCP under ZeroMQ makes it: in order, without loss while
/// it lasts, without a word when it breaks.
final class Connection {
    /// Tells it from the connections before it.
    let number: Int
    /// Who made it; the coordinator's side knows it by that.
    let worker: WorkerID
    /// Who is at the other end.
    let hub: Hub
    /// Whether messages still arrive.
    var isWhole = true
    /// Whether the worker's side takes it for open.
    var isOpenAtWorker = true
    /// Whether the coordinator's side takes it for open.
    var isOpenAtCoordinator = true
    /// When the last message that was sent each way will arrive: the next is never earlier.
    private var lastArrivals: (down: Duration, up: Duration)
    /// What arrived while a way was blocked.
    private var held: [Packet] = []
    private var isBlocked = (down: false, up: false)

    init(number: Int, worker: WorkerID, to hub: Hub, at now: Duration) {
        self.number = number
        self.worker = worker
        self.hub = hub
        lastArrivals = (now, now)
    }

    /// Takes a message on its way, and tells when it arrives if it needs until `time` at least.
    func arrival(_ direction: Direction, at time: Duration) -> Duration {
        switch direction {
        case .down:
            lastArrivals.down = max(time, lastArrivals.down)
            return lastArrivals.down
        case .up:
            lastArrivals.up = max(time, lastArrivals.up)
            return lastArrivals.up
        }
    }

    /// Keeps a message that cannot pass now.
    func holds(_ packet: Packet) -> Bool {
        guard packet.direction == .down ? isBlocked.down : isBlocked.up else { return false }
        held.append(packet)
        return true
    }

    func block(_ directions: [Direction]) {
        if directions.contains(.down) { isBlocked.down = true }
        if directions.contains(.up) { isBlocked.up = true }
    }

    /// Lets messages pass again.
    ///
    /// - Returns: those that waited, in order.
    func unblock() -> [Packet] {
        defer { (held, isBlocked) = ([], (false, false)) }
        return held
    }
}
