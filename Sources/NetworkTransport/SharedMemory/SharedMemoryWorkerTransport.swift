package import Figures
import Glibc
package import Model
package import TrainingProtocol
package import Transport
package import Wire
package import ZeroMQ

/// Carries messages to and from a coordinator of the worker's own host, over the link that its
/// welcome has named.
package final class SharedMemoryWorkerTransport: WorkerTransport {
    package typealias Failure = ZeroMQError
    package typealias Payloads = NetworkPayloads

    private let worker: WorkerID
    private var link: WorkerLink?
    private var isLost = false
    /// A link that failed at its beginning would fail again.
    private var isRefused = false
    private var place: Int?

    /// Will connect as `worker`.
    package init(as worker: WorkerID) { self.worker = worker }

    /// Opens the link that a welcome offers, unless it is open: a second welcome may follow a
    /// repeated hello.
    package func open(_ offer: WelcomeOffer, at now: Duration) -> Bool {
        let name = offer.localLink
        guard link?.name != name else { return true }
        link = nil
        guard !name.isEmpty, !isRefused else { return false }
        link = WorkerLink(connectingTo: name, as: worker, network: offer.network)
        return link != nil
    }

    /// Nothing is preferred to this one.
    package func close() {}

    package var isOpen: Bool { link?.isOpen == true }

    private func lose() {
        link = nil
        isLost = true
    }

    package func nextConnectionChange(at now: Duration) -> ConnectionChange? {
        guard isLost else { return nil }
        isLost = false
        return .lost
    }

    package func receive() -> WorkerReceived<NetworkPayloads>? {
        guard let link, let received = link.receive() else { return nil }
        guard case .message(let header, let packet) = received else {
            isRefused = !link.isOpen
            lose()
            return nil
        }
        do {
            let (message, offer) = try WireDecoding.coordinatorMessage(header)
            // What names no payload of ours brings none, whatever size it tells.
            var arrival = CoordinatorArrival<NetworkPayloads>(message: message)
            switch message {
            case .welcome:
                arrival.payload = .offer(offer)
            case .work:
                guard let slot = link.samples(of: packet) else { break }
                arrival.payload = .samples(.slot(slot))
                arrival.payloadSize = packet.payloadSize
            case .parameters(let version, _):
                guard let shared = link.parameters(of: packet) else { break }
                arrival.payload = .parameters(StoredParameters(shared, version: version))
                arrival.payloadSize = packet.payloadSize
            case .refusal, .dismissal, .heartbeat, .rejoin, .finish:
                break
            }
            return arrival.received
        } catch {
            return .foreign(error.description)
        }
    }

    /// A link that takes nothing more is given up.
    package func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: ParameterBuffer?
    ) -> Delivery {
        guard let link, link.isOpen, !message.isHello else { return .unsuited }
        let header = WireEncoding.bytes(of: message, sums: sums)
        return send(header, gradient, payloadSize: gradient?.bytes.count ?? 0, over: link)
    }

    package func send(_ profile: SentProfile) -> Delivery {
        guard let link, link.isOpen else { return .unsuited }
        let header = WireEncoding.bytes(of: profile.header)
        return send(header, profile.buffer, payloadSize: profile.size, over: link)
    }

    private func send(
        _ header: HeaderBytes,
        _ buffer: ParameterBuffer?,
        payloadSize: Int,
        over link: WorkerLink
    ) -> Delivery {
        switch link.send(header, buffer, payloadSize: payloadSize) {
        case nil: return .unsuited
        case true?: return .sent
        case false?:
            lose()
            return .unsuited
        }
    }

    /// In two parts where the coordinator has a processor left.
    package var wantsEarlySegments: Bool { link?.wantsEarlySegments ?? false }

    package func takeGradientBuffer() -> ParameterBuffer? { link?.takeGradientBuffer() }

    package func giveBack(_ gradient: ParameterBuffer) { link?.giveBack(gradient) }

    package func settle() { link?.settle() }

    package func makeWay() { link?.makeWay() }

    /// Whoever sleeps on a virtual processor takes 25 to 50 µs to wake up, and to wake it costs the
    /// coordinator 10 µs. Yielding at each look leaves the processor to whoever has something to
    /// do: with two workers on two processors a step became 10 % shorter, with eight no longer.
    package func lookOut(for duration: Duration) {
        guard let link, link.isOpen else { return }
        let end = ContinuousClock.now + duration
        while !link.hasMessage, ContinuousClock.now < end { sched_yield() }
    }
}

extension SharedMemoryWorkerTransport: PolledTransport {
    package func add(to poller: inout Poller) { place = poller.add(fileDescriptor: -1) }

    package func update(_ poller: inout Poller) {
        guard let place else { return }
        poller.setFileDescriptor(link?.fileDescriptor ?? -1, at: place)
    }
}
