import TrainingProtocol
import Transport

/// A process that takes part, in a place of its own: a worker or a relay.
///
/// An enum, for a call through a protocol would not be specialized for the model.
enum SimulatedMember<Model: SimulatedModel> {
    case worker(SimulatedWorker<Model>)
    case relay(SimulatedRelay<Model>)

    /// Where it is, and what it is known by.
    var place: WorkerPlace<Model> {
        switch self {
        case .worker(let worker): worker.place
        case .relay(let relay): relay.place
        }
    }

    var isFrozen: Bool {
        get {
            switch self {
            case .worker(let worker): worker.isFrozen
            case .relay(let relay): relay.isFrozen
            }
        }
        nonmutating set {
            switch self {
            case .worker(let worker): worker.isFrozen = newValue
            case .relay(let relay): relay.isFrozen = newValue
            }
        }
    }

    var outcome: Worker.Outcome? {
        switch self {
        case .worker(let worker): worker.outcome
        case .relay(let relay): relay.outcome
        }
    }

    /// Until when it computes what it has begun; adding takes a relay no time.
    var busyUntil: Duration {
        switch self {
        case .worker(let worker): worker.busyUntil
        case .relay: .zero
        }
    }

    /// When it takes its next turn; nil for when something comes.
    var nextTurn: Duration? {
        switch self {
        case .worker(let worker): worker.nextTurn
        case .relay(let relay): relay.nextTurn
        }
    }

    /// One turn of the program's loop, if it is not computing and not standing still.
    func takeTurn() {
        switch self {
        case .worker(let worker): worker.takeTurn()
        case .relay(let relay): relay.takeTurn()
        }
    }

    /// Asks it to leave.
    func askToLeave() {
        switch self {
        case .worker(let worker): worker.isAskedToLeave = true
        case .relay(let relay): relay.isAskedToLeave = true
        }
    }

    /// Sends what it has computed, or keeps it until it goes on.
    func depart(_ packet: Packet, over channel: Channel) {
        switch self {
        case .worker(let worker): worker.depart(packet, over: channel)
        case .relay: preconditionFailure("a relay sends at once")
        }
    }

    /// Goes on after it stood still.
    func thaw() {
        switch self {
        case .worker(let worker): worker.thaw()
        case .relay(let relay): relay.isFrozen = false
        }
    }

    /// Takes in what came from whoever it is connected to.
    func hear(_ packet: Packet, over channel: Channel) {
        switch self {
        case .worker(let worker): worker.hear(packet, over: channel)
        case .relay(let relay): relay.above.inbox.hear(packet)
        }
    }

    /// Takes in what has become of a connection.
    func hear(_ change: ConnectionChange, over channel: Channel) {
        switch self {
        case .worker(let worker): worker.hear(change, over: channel)
        case .relay(let relay): relay.above.inbox.hear(change)
        }
    }
}
