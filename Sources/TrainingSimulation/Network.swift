import SeededRandom
import TrainingProtocol

/// What travels behind a message.
enum Payload: Equatable, Sendable {
    case none
    case samples([UInt32])
    case parameters(ToyModel.Vector)
    case sum(ToyModel.Vector, isWrong: Bool)
}

/// A message under way.
enum Packet: Equatable, Sendable {
    case toWorker(CoordinatorMessage, Payload)
    case toCoordinator(WorkerMessage, Payload)

    var direction: Direction {
        switch self {
        case .toWorker: .down
        case .toCoordinator: .up
        }
    }
}

/// Which way a message travels.
enum Direction: Int, Sendable, CaseIterable {
    /// To a worker.
    case down
    /// To the coordinator.
    case up
}

/// One connection of a worker's process, as TCP under ZeroMQ makes it: in order, without loss while
/// it lasts, without a word when it breaks.
struct Link: Equatable, Sendable {
    /// Tells it from the connections before it.
    let number: Int
    /// Who made it; the coordinator's socket knows it by that.
    let worker: WorkerID
    /// Whether messages still arrive.
    var isWhole = true
    /// Whether the worker's side takes it for open.
    var isOpenAtWorker = true
    /// Whether the coordinator's side takes it for open.
    var isOpenAtCoordinator = true
    /// When the last message that was sent each way will arrive: the next is never earlier.
    private var lastArrivals: [Duration]
    /// What arrived while a way was blocked.
    private var held: [[Packet]] = [[], []]
    private var isBlocked = [false, false]

    init(number: Int, worker: WorkerID, at now: Duration) {
        self.number = number
        self.worker = worker
        lastArrivals = [now, now]
    }

    /// Takes a message on its way.
    mutating func arrival(_ direction: Direction, at time: Duration) -> Duration {
        lastArrivals[direction.rawValue] = max(time, lastArrivals[direction.rawValue])
        return lastArrivals[direction.rawValue]
    }

    /// Keeps a message that cannot pass now.
    mutating func holds(_ packet: Packet) -> Bool {
        guard isBlocked[packet.direction.rawValue] else { return false }
        held[packet.direction.rawValue].append(packet)
        return true
    }

    mutating func block(_ direction: Direction) { isBlocked[direction.rawValue] = true }

    /// Lets messages pass again.
    ///
    /// - Returns: those that waited, in order.
    mutating func unblock() -> [Packet] {
        defer { (held, isBlocked) = ([[], []], [false, false]) }
        return held[0] + held[1]
    }
}
