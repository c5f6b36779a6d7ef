import Figures
import TrainingProtocol
import Transport

/// What the coordinator's side of a channel has taken in.
struct CoordinatorInbox<Payloads: PayloadTypes> {
    private var received: [CoordinatorReceived<Payloads>] = []
    private var lost: [WorkerID] = []
    private var next = 0
    /// How many were received: told faster than by the array.
    private var count = 0

    mutating func hear(_ message: CoordinatorReceived<Payloads>) {
        received.append(message)
        count += 1
    }

    mutating func lose(_ worker: WorkerID) { lost.append(worker) }

    mutating func receive() -> CoordinatorReceived<Payloads>? {
        guard next < count else { return nil }
        let message = received[next]
        next += 1
        if next == count {
            received.removeAll(keepingCapacity: true)
            (next, count) = (0, 0)
        }
        return message
    }

    mutating func nextLostWorker() -> WorkerID? { lost.isEmpty ? nil : lost.removeFirst() }
}

/// The connections that every worker has, as the side of the coordinator, or of a relay, sees them.
final class SimulatedCoordinatorConnections<Model: SimulatedModel>: CoordinatorTransport {
    typealias Failure = Never
    typealias Payloads = Model.Payloads

    private let network: SimulatedNetwork
    /// Whose connections they are.
    private let hub: Hub
    var inbox = CoordinatorInbox<Payloads>()

    init(_ network: SimulatedNetwork, of hub: Hub = .coordinator) {
        self.network = network
        self.hub = hub
    }

    /// Takes what came from a worker's place.
    func hear(_ packet: Packet, from worker: WorkerID) {
        let route = Route(over: self, from: worker)
        guard let came = (packet as? WorkerPacket<Payloads>)?.arrival.came(over: route) else {
            return inbox.hear(.rejected(.profile, route))
        }
        if case .hello = came.message {
            inbox.hear(.hello(came, name: ""))
        } else {
            inbox.hear(.message(came))
        }
    }

    func receive() -> CoordinatorReceived<Payloads>? { inbox.receive() }

    func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<Payloads>,
        to worker: WorkerID
    ) -> Delivery {
        let arrival = Model.arrival(message, payload, isIntact: true)
        return network.send(CoordinatorPacket(arrival), to: worker, .main, from: hub)
            ? .sent : .lost
    }

    func drop(_ worker: WorkerID) { network.drop(worker, .main, at: hub) }

    func drop(_ route: Route) {
        if route.isOver(self), let worker = route.sender { drop(worker) }
    }

    func nextLostWorker() -> WorkerID? { inbox.nextLostWorker() }

    func carries(_ worker: WorkerID) -> Bool { network.slot(of: worker, .main, at: hub) != nil }

    var traffic: Traffic { Traffic() }
}

/// The links that welcomes offer, as the coordinator's side sees them.
final class SimulatedCoordinatorLinks<Model: SimulatedModel>: CoordinatorTransport {
    typealias Failure = Never
    typealias Payloads = Model.Payloads

    private let world: World
    private let network: SimulatedNetwork
    private let kind: SimulationOptions.LinkKind
    /// The number that a link to anybody has, where one number is for all.
    private let ownNumber: Int
    private var offered: [WorkerID: Int] = [:]
    var inbox = CoordinatorInbox<Payloads>()

    init(
        _ network: SimulatedNetwork,
        _ kind: SimulationOptions.LinkKind,
        in world: World
    ) {
        self.world = world
        self.network = network
        self.kind = kind
        ownNumber = world.drawNumber()
    }

    /// Whether a worker may open the link with this number.
    func accepts(_ worker: WorkerID, link: Int) -> Bool {
        kind == .everything ? link == ownNumber : offered[worker] == link
    }

    /// Takes what came from a worker's place.
    func hear(_ packet: Packet, from worker: WorkerID) {
        let route = Route(over: self, from: worker)
        guard let packet = packet as? WorkerPacket<Payloads> else {
            return inbox.hear(.rejected(.profile, route))
        }
        inbox.hear(.message(packet.arrival.came(over: route)))
    }

    func receive() -> CoordinatorReceived<Payloads>? { inbox.receive() }

    func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<Payloads>,
        to worker: WorkerID
    ) -> Delivery {
        guard carries(worker) else { return .unsuited }
        if kind == .payloads, !payload.isLarge { return .unsuited }
        let isOvertaken =
            kind == .everything && !world.isCalm
            && world.random.chance(world.options.network.overtakingPercentage)
        let arrival = Model.arrival(message, payload, isIntact: !isOvertaken)
        return network.send(CoordinatorPacket(arrival), to: worker, .link) ? .sent : .lost
    }

    func drop(_ worker: WorkerID) {
        offered[worker] = nil
        network.drop(worker, .link)
    }

    func drop(_ route: Route) {
        guard route.isOver(self), let worker = route.sender else { return }
        drop(worker)
        inbox.lose(worker)
    }

    func nextLostWorker() -> WorkerID? { inbox.nextLostWorker() }

    func carries(_ worker: WorkerID) -> Bool { network.slot(of: worker, .link) != nil }

    /// A link of its own takes the place of the one before; that of all stays.
    func add(to offer: inout Payloads.Offer, for worker: WorkerID) {
        guard kind == .payloads else { return Model.add(link: ownNumber, to: &offer) }
        drop(worker)
        let number = world.drawNumber()
        offered[worker] = number
        Model.add(link: number, to: &offer)
    }

    func fallbackDidLose(_ worker: WorkerID) { if kind == .payloads { drop(worker) } }

    var traffic: Traffic { Traffic() }
}

extension CoordinatorPayload {
    /// Whether it is what a link for payloads is for.
    fileprivate var isLarge: Bool {
        switch self {
        case .samples, .parameters: true
        case .none, .offer: false
        }
    }
}

extension WorkerArrival {
    /// The same over a route.
    fileprivate func came(over route: Route) -> WorkerArrival {
        WorkerArrival(
            message: message,
            sums: sums,
            gradient: gradient,
            worker: worker,
            route: route
        )
    }
}

extension SimulatedModel {
    /// A message of the coordinator as it arrives, with a copy of what goes with it.
    fileprivate static func arrival(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<Payloads>,
        isIntact: Bool
    ) -> CoordinatorArrival<Payloads> {
        var arrival = CoordinatorArrival<Payloads>(message: message)
        switch payload {
        case .none: break
        case .offer(let offer): arrival.payload = .offer(offer)
        case .samples(let work, let source):
            arrival.payload = .samples(samples(of: work, from: source))
        case .parameters(let buffer):
            arrival.payload = .parameters(parameters(buffer, isIntact: isIntact))
        }
        return arrival
    }
}
