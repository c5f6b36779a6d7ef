import Figures
import TrainingProtocol
import Transport

/// Where a worker's process is, and what its messages leave by.
struct WorkerPlace<Model: SimulatedModel> {
    let slot: Int
    let worker: WorkerID
    /// Tells the process from those before it in the same place.
    let incarnation: Int
    let world: World
    let network: SimulatedNetwork
    let clock: SimulatedClock<Model>

    /// Sends a message, at the time that the process's clock shows.
    func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: Model.Payloads.Buffer?,
        _ channel: Channel
    ) {
        let arrival = WorkerArrival<Model.Payloads>(
            message: message,
            sums: sums,
            gradient: gradient.map(Model.copy),
            worker: worker
        )
        guard clock.ahead > .zero else {
            return network.send(WorkerPacket(arrival), from: slot, channel)
        }
        world.schedule(
            .departs(
                slot: slot,
                incarnation: incarnation,
                channel,
                WorkerPacket(arrival)
            ),
            after: clock.ahead
        )
    }

    func isOpen(_ channel: Channel) -> Bool {
        let connection = network[slot, channel]
        return connection?.isOpenAtWorker == true && connection?.worker == worker
    }
}

/// What a worker's side of a channel has taken in.
struct WorkerInbox {
    private var received: [Packet] = []
    private var changes: [ConnectionChange] = []
    private var next = 0

    mutating func hear(_ packet: Packet) { received.append(packet) }

    mutating func hear(_ change: ConnectionChange) { changes.append(change) }

    mutating func receive() -> Packet? {
        guard next < received.count else {
            received.removeAll(keepingCapacity: true)
            next = 0
            return nil
        }
        next += 1
        return received[next - 1]
    }

    mutating func nextChange() -> ConnectionChange? {
        changes.isEmpty ? nil : changes.removeFirst()
    }
}

/// The connection that every worker has, as its side sees it.
final class SimulatedWorkerConnection<Model: SimulatedModel>: WorkerTransport {
    typealias Failure = Never
    typealias Payloads = Model.Payloads

    private let place: WorkerPlace<Model>
    var inbox = WorkerInbox()

    init(_ place: WorkerPlace<Model>) { self.place = place }

    func receive() -> WorkerReceived<Payloads>? {
        guard let packet = inbox.receive() as? CoordinatorPacket<Payloads> else { return nil }
        return .message(packet.arrival)
    }

    func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: Payloads.Buffer?
    ) -> Delivery {
        place.send(message, sums, gradient, .main)
        return isOpen ? .sent : .lost
    }

    func send(_ profile: Payloads.SentProfile) -> Delivery { .lost }

    func nextConnectionChange(at now: Duration) -> ConnectionChange? { inbox.nextChange() }

    func open(_ offer: Payloads.Offer, at now: Duration) -> Bool { true }

    func close() {}

    var isOpen: Bool { place.isOpen(.main) }
}

/// The link that the last welcome has offered, as the worker's side sees it.
final class SimulatedWorkerLink<Model: SimulatedModel>: WorkerTransport {
    typealias Failure = Never
    typealias Payloads = Model.Payloads

    private let place: WorkerPlace<Model>
    private let kind: SimulationOptions.LinkKind
    /// The number of the link that is open, or that is being opened.
    private(set) var number: Int?
    var inbox = WorkerInbox()

    init(_ place: WorkerPlace<Model>, _ kind: SimulationOptions.LinkKind) {
        self.place = place
        self.kind = kind
    }

    func open(_ offer: Payloads.Offer, at now: Duration) -> Bool {
        guard let offered = Model.link(in: offer) else {
            close()
            return false
        }
        if kind == .everything, number == offered, isOpen { return true }
        close()
        number = offered
        let delay =
            kind == .everything
            ? .zero : place.world.random.duration(in: place.world.options.network.delay)
        place.world.schedule(
            .opensLink(slot: place.slot, incarnation: place.incarnation, link: offered),
            after: delay
        )
        return true
    }

    /// The other side takes nothing by this number.
    func wasRefused() { number = nil }

    func close() {
        number = nil
        guard isOpen else { return }
        place.network.breakConnection(place.slot, .link)
        place.network[place.slot, .link]?.isOpenAtWorker = false
        // What has come and was not taken ends with it.
        inbox = WorkerInbox()
    }

    func fallbackWasLost() { if kind == .payloads { close() } }

    func receive() -> WorkerReceived<Payloads>? {
        guard let packet = inbox.receive() as? CoordinatorPacket<Payloads> else { return nil }
        return .message(packet.arrival)
    }

    func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: Payloads.Buffer?
    ) -> Delivery {
        guard isOpen else { return .unsuited }
        if case .hello = message { return .unsuited }
        if kind == .payloads, gradient == nil { return .unsuited }
        place.send(message, sums, gradient, .link)
        return .sent
    }

    func send(_ profile: Payloads.SentProfile) -> Delivery { .unsuited }

    func nextConnectionChange(at now: Duration) -> ConnectionChange? { inbox.nextChange() }

    var isOpen: Bool { place.isOpen(.link) }
}
