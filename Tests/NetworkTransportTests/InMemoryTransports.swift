import Arithmetic
import Figures
import Model
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport

/// A coordinator's transport that is no more than what a test puts into it.
final class InMemoryCoordinatorTransport: CoordinatorTransport {
    typealias Failure = Never
    typealias Payloads = NetworkPayloads

    /// The workers that messages reach this way.
    var reached: Set<WorkerID> = []
    /// What is still to be received, and who is still to be lost.
    var arrivals: [CoordinatorReceived<NetworkPayloads>] = []
    var losses: [WorkerID] = []
    /// What was turned away, until it is asked for.
    var rejections: [RejectedMessage] = []
    var deadline: Duration?
    /// What becomes of messages to the workers that are reached.
    var delivery = Delivery.sent
    /// Whether it offers memory of this host, or sealed links.
    let offersMemory: Bool

    private(set) var sent: [WorkerID] = []
    private(set) var offers: [WelcomeOffer] = []
    private(set) var dropped: [WorkerID] = []
    private(set) var lostByFallback: [WorkerID] = []
    private(set) var traffic = Traffic()
    var parameterMemory: (any ParameterMemory)?
    /// What it was told to do, in order, where that has no other trace.
    private(set) var told: [String] = []

    init(reaching workers: Set<WorkerID> = [], offersMemory: Bool = false) {
        reached = workers
        self.offersMemory = offersMemory
    }

    func receive() -> CoordinatorReceived<NetworkPayloads>? {
        arrivals.isEmpty ? nil : arrivals.removeFirst()
    }

    func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<NetworkPayloads>,
        to worker: WorkerID
    ) -> Delivery {
        guard reached.contains(worker) else { return .unsuited }
        sent.append(worker)
        offers.append(payload.offer)
        traffic.add(byteCount: 1, isSent: true)
        return delivery
    }

    func drop(_ worker: WorkerID) {
        dropped.append(worker)
        reached.remove(worker)
    }

    func drop(_ route: Route) {
        if route.isOver(self), let worker = route.sender { drop(worker) }
    }

    func nextLostWorker() -> WorkerID? { losses.isEmpty ? nil : losses.removeFirst() }

    func attend(at now: Duration) -> [RejectedMessage] {
        defer { rejections = [] }
        return rejections
    }

    func carries(_ worker: WorkerID) -> Bool { reached.contains(worker) }

    func add(to offer: inout WelcomeOffer, for worker: WorkerID) {
        if offersMemory { offer.localLink = "memory" } else { offer.sliceCountMax += 1 }
    }

    func fallbackDidLose(_ worker: WorkerID) { lostByFallback.append(worker) }

    func arrangeWorkers(where computes: (WorkerID) -> Bool) { told.append("arrange") }
}

extension InMemoryCoordinatorTransport: PolledTransport {
    func add(to poller: inout Poller) { told.append("add") }

    func update(_ poller: inout Poller) { told.append("update") }

}

/// A worker's transport that is no more than what a test puts into it.
final class InMemoryWorkerTransport: WorkerTransport {
    typealias Failure = Never
    typealias Payloads = NetworkPayloads

    /// Whether messages go this way, and whether a welcome can open it.
    var isOpen: Bool
    var canOpen = true
    var wantsEarlySegments: Bool
    var arrivals: [WorkerReceived<NetworkPayloads>] = []
    var changes: [ConnectionChange] = []
    var deadline: Duration?
    /// What becomes of messages while it is open.
    var delivery = Delivery.sent

    private(set) var sentCount = 0
    private(set) var closeCount = 0
    private(set) var openCount = 0
    private(set) var fallbackLossCount = 0
    var searchReason = ""
    var line: String?
    var begunParameters: ParameterAssembler.Begun?
    var gradientBuffer: ParameterBuffer?
    /// What it was told to do, in order, where that has no other trace.
    private(set) var told: [String] = []

    init(isOpen: Bool, wantsEarlySegments: Bool = true) {
        self.isOpen = isOpen
        self.wantsEarlySegments = wantsEarlySegments
    }

    func receive() -> WorkerReceived<NetworkPayloads>? {
        arrivals.isEmpty ? nil : arrivals.removeFirst()
    }

    func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: ParameterBuffer?
    ) -> Delivery { send() }

    func send(_ profile: SentProfile) -> Delivery { send() }

    private func send() -> Delivery {
        guard isOpen else { return .unsuited }
        sentCount += 1
        return delivery
    }

    func nextConnectionChange(at now: Duration) -> ConnectionChange? {
        guard !changes.isEmpty else { return nil }
        let change = changes.removeFirst()
        isOpen = change == .made
        return change
    }

    func open(_ offer: WelcomeOffer, at now: Duration) -> Bool {
        openCount += 1
        isOpen = canOpen
        return canOpen
    }

    func close() { closeCount += 1 }

    func fallbackWasLost() { fallbackLossCount += 1 }

    func wasWelcomed() { told.append("welcomed") }

    func searchLine(at now: Duration) -> String? { line }

    func takeGradientBuffer() -> ParameterBuffer? { gradientBuffer }

    func giveBack(_ gradient: ParameterBuffer) { told.append("give back") }

    func settle() { told.append("settle") }

    func makeWay() { told.append("make way") }

    func lookOut(for duration: Duration) { told.append("look out") }
}

extension InMemoryWorkerTransport: PolledTransport {
    func add(to poller: inout Poller) { told.append("add") }

    func update(_ poller: inout Poller) { told.append("update") }

}
