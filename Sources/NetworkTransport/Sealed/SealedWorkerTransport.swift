package import Figures
package import Model
package import TrainingProtocol
package import Transport
package import Wire
package import ZeroMQ

/// Carries messages with payloads to and from a coordinator of another host that encrypts, over the
/// link that its last welcome has offered.
package final class SealedWorkerTransport: WorkerTransport {
    package typealias Failure = ZeroMQError
    package typealias Payloads = NetworkPayloads

    private var link: WorkerSealedLink?
    private let main: ZeroMQWorkerTransport
    private let parameters: ParameterAssembler
    private let split: GradientSplit
    private var isLost = false
    /// Why the first link that failed could not be had, once that was told.
    private var failure: (port: Int, reason: String)?
    private var isFailureTold = false
    private var places: (messages: Int, changes: Int)?

    /// Will open links to another port of the host that `main` connects to.
    package init(
        beside main: ZeroMQWorkerTransport,
        parameters: ParameterAssembler,
        split: GradientSplit
    ) {
        self.main = main
        self.parameters = parameters
        self.split = split
    }

    /// Begins to open the link that a welcome offers; the coordinator has dropped the one before.
    package func open(_ offer: WelcomeOffer, at now: Duration) -> Bool {
        link = nil
        guard let offer = offer.sealedLink else { return false }
        do throws(ZeroMQError) {
            link = try WorkerSealedLink(
                offer,
                beside: main.endpoint,
                isIPv6Allowed: main.isIPv6Allowed,
                parameters: parameters,
                at: now,
                in: main.context
            )
        } catch {
            failure = failure ?? (offer.port, error.description)
        }
        return link != nil
    }

    package func close() { link = nil }

    package func fallbackWasLost() { link = nil }

    package var isOpen: Bool { link?.isOpen == true }

    private func lose() {
        link = nil
        isLost = true
    }

    package func nextConnectionChange(
        at now: Duration
    ) throws(ZeroMQError) -> ConnectionChange? {
        if isLost {
            isLost = false
            return .lost
        }
        guard let ended = link, let change = try ended.nextChange(at: now) else { return nil }
        link = nil
        guard case .failed(let reason) = change else { return .lost }
        failure = failure ?? (ended.port, reason)
        return nil
    }

    package func receive() throws(ZeroMQError) -> WorkerReceived<NetworkPayloads>? {
        if let failure, !isFailureTold {
            isFailureTold = true
            return .payloadPortFailed(port: failure.port, reason: failure.reason)
        }
        guard let link, let received = try link.receive() else { return nil }
        switch received {
        case .opened:
            return .payloadPortOpened(port: link.port)
        case .foreign(let reason):
            lose()
            return .foreign(reason)
        case .message(let header, let payload):
            return self.received(header, payload)
        }
    }

    private func received(
        _ header: [UInt8],
        _ payload: WorkerSealedLink.OpenedPayload
    ) -> WorkerReceived<NetworkPayloads> {
        do {
            let (message, _) = try WireDecoding.coordinatorMessage(header)
            switch (message, payload) {
            case (.parameters(let version, let stamp), .parameters(let place)):
                return parameters.received(version, stamp, at: place)
            case (.work, .samples(let samples, let size)):
                return CoordinatorArrival<NetworkPayloads>(
                    message: message,
                    payload: .samples(samples),
                    payloadSize: size
                ).received
            default:
                return CoordinatorArrival<NetworkPayloads>(message: message).received
            }
        } catch {
            return .foreign(error.description)
        }
    }

    /// A link that takes nothing more is given up, and the message with it.
    package func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: ParameterBuffer?
    ) throws(ZeroMQError) -> Delivery {
        guard let gradient, let link, link.isOpen else { return .unsuited }
        let range = split.range(of: message, gradient, over: link)
        let header = WireEncoding.bytes(of: message, sums: sums)
        let bytes = UnsafeRawBufferPointer(rebasing: gradient.bytes[range])
        if try link.send(header, bytes) { return .sent }
        lose()
        return .lost
    }

    /// Profiles go over the main connection.
    package func send(_ profile: SentProfile) -> Delivery { .unsuited }
}

extension SealedWorkerTransport: PolledTransport {
    package func add(to poller: inout Poller) {
        places = (poller.add(fileDescriptor: -1), poller.add(fileDescriptor: -1))
    }

    package func update(_ poller: inout Poller) {
        guard let places else { return }
        if let link {
            link.poll(with: &poller, at: (places.messages, places.changes))
        } else {
            poller.setFileDescriptor(-1, at: places.messages)
            poller.setFileDescriptor(-1, at: places.changes)
        }
    }
}
