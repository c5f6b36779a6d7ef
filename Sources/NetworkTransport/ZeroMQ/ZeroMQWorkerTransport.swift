package import Figures
package import Keys
package import Model
package import TrainingProtocol
package import Transport
package import Wire
package import ZeroMQ

/// A worker's main connection: one DEALER that looks for the coordinator by itself.
///
/// It queues nothing while there is no connection, so a coordinator that was started again never
/// gets answers to questions of the one before.
package final class ZeroMQWorkerTransport: WorkerTransport {
    package typealias Failure = ZeroMQError
    package typealias Payloads = NetworkPayloads

    /// What the worker's sockets belong to.
    let context: Context
    /// The coordinator's address.
    let endpoint: String
    private let isEncrypted: Bool
    private let socket: Socket
    private var monitor: Monitor
    private var incoming = Multipart(frameCountMax: 2)
    private var outgoing = Multipart(frameCountMax: 2)
    private let parameters: ParameterAssembler
    private let split: GradientSplit
    /// How the search for the coordinator goes, and the time when it was looked at last.
    private var search: CoordinatorSearch
    private var now = Duration.zero
    private var refusal = RefusalWitness()

    /// Connects to `endpoint` in the background, under the identity of `worker`.
    ///
    /// - Throws: when the address is malformed.
    package init(
        connectingTo endpoint: String,
        as worker: WorkerID,
        key: WorkerKey?,
        parameters: ParameterAssembler,
        split: GradientSplit,
        in context: Context
    ) throws(ZeroMQError) {
        try refuseUnreachable(endpoint, .connect)
        let options = Self.options(for: endpoint, as: worker, key: key)
        let socket = try Socket(.dealer, in: context, options: options)
        let monitor = try Monitor(of: socket)
        try socket.connect(endpoint)
        self.socket = socket
        self.monitor = monitor
        self.context = context
        self.endpoint = endpoint
        self.parameters = parameters
        self.split = split
        isEncrypted = key != nil
        search = CoordinatorSearch(for: endpoint, isEncrypted: key != nil, at: .zero)
    }

    /// Whether the coordinator's name may mean an IPv6 address.
    var isIPv6Allowed: Bool { search.isIPv6Allowed }

    package func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: ParameterBuffer?
    ) throws(ZeroMQError) -> Delivery {
        if message.isHello { search.goOn(at: now) }
        let header = WireEncoding.bytes(of: message, sums: sums, name: .own)
        let range = gradient.map { split.range(of: message, $0, over: self) } ?? 0..<0
        return try send(header, gradient, range)
    }

    package func send(_ profile: SentProfile) throws(ZeroMQError) -> Delivery {
        try send(WireEncoding.bytes(of: profile.header), profile.buffer, 0..<profile.size)
    }

    private func send(
        _ header: HeaderBytes,
        _ buffer: ParameterBuffer?,
        _ range: Range<Int>
    ) throws(ZeroMQError) -> Delivery {
        outgoing.removeAll()
        outgoing.append(Message(copying: header))
        if let buffer {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[range])
            outgoing.append(Message(sharing: bytes, of: buffer))
        }
        return try socket.send(&outgoing) == .sent ? .sent : .lost
    }

    package func receive() throws(ZeroMQError) -> WorkerReceived<NetworkPayloads>? {
        guard try socket.receive(into: &incoming) else { return nil }
        guard incoming.droppedFrameCount == 0, (1...2).contains(incoming.frameCount) else {
            let count = incoming.frameCount + incoming.droppedFrameCount
            return .foreign("a message of \(count) frames")
        }
        do {
            let (message, offer) = try incoming.withFrame(at: 0) { (bytes) throws(WireError) in
                try WireDecoding.coordinatorMessage(bytes)
            }
            return received(message, offer)
        } catch {
            return .foreign(error.description)
        }
    }

    /// Takes what came in frames with a message.
    private func received(
        _ message: CoordinatorMessage,
        _ offer: WelcomeOffer
    ) -> WorkerReceived<NetworkPayloads> {
        let size = incoming.frameCount == 2 ? incoming.frameSize(at: 1) : 0
        var arrival = CoordinatorArrival<NetworkPayloads>(message: message, payloadSize: size)
        switch message {
        case .welcome:
            // Whatever links it offers: until one is open, parameters come over this connection.
            parameters.expect(offer.network)
            arrival.payload = .offer(offer)
        case .parameters(let version, let stamp):
            guard incoming.frameCount == 2, let place = parameters.place(ofSize: size) else {
                return CoordinatorArrival<NetworkPayloads>(message: message).received
            }
            incoming.withFrame(at: 1) { place.bytes.copyMemory(from: $0) }
            return parameters.received(version, stamp, at: place)
        case .work where incoming.frameCount == 2:
            arrival.payload = .samples(.frame(SampleFrame(incoming.takeFrame(at: 1))))
        case .work, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            break
        }
        return arrival.received
    }

    package func nextConnectionChange(
        at now: Duration
    ) throws(ZeroMQError) -> ConnectionChange? {
        self.now = now
        while let event = try monitor.next() {
            if refusal.isRefusal(event) { throw .keyRefused }
            if search.note(event, at: now) { giveUpConnection() }
            switch event.kind {
            case .handshakeSucceeded: return .made
            case .disconnected:
                parameters.forget()
                return .lost
            // Who connects in the open believes whoever answers.
            case .handshakeProtocolFailed where event.isMechanismMismatch && !isEncrypted:
                throw .encryptionDiffers
            default: continue
            }
        }
        try search.connectAnew(socket, at: now)
        return nil
    }

    /// Has libzmq connect no more, until it is told to.
    private func giveUpConnection() {
        // That the socket has no such connection any more is what is wanted.
        try? socket.disconnect(endpoint)
    }

    package var deadline: Duration? { search.nextAttempt }

    package func open(_ offer: WelcomeOffer, at now: Duration) -> Bool {
        parameters.forget()
        return true
    }

    package func close() { parameters.forget() }

    package func wasWelcomed() { search.succeed() }

    package func searchLine(at now: Duration) -> String? { search.line(at: now) }

    package var searchReason: String { search.reason }

    package var begunParameters: ParameterAssembler.Begun? { parameters.begun }

    package var isOpen: Bool { true }
}

extension ZeroMQWorkerTransport: PolledTransport {
    package func add(to poller: inout Poller) {
        _ = poller.add(socket)
        _ = poller.add(monitor)
    }
}

extension ZeroMQWorkerTransport {
    private static func options(
        for endpoint: String,
        as worker: WorkerID,
        key: WorkerKey?
    ) -> SocketOptions {
        var options = SocketOptions()
        options.routingID = routingID(of: worker)
        options.isImmediate = true
        options.linger = .milliseconds(250)
        options.connecting.interval = .milliseconds(50)
        options.connecting.intervalMax = .seconds(2)
        options.connecting.timeout = .seconds(5)
        // A host that is gone without a word closes no connection. libzmq looks the name up again
        // for the next one, and finds a coordinator that has moved.
        options.keepalive.acknowledgeMax = .seconds(15)
        options.capacity.sendHighWaterMark = highWaterMark
        options.capacity.receiveHighWaterMark = highWaterMark
        options.capacity.messageSizeMax = messageSizeMax
        options.keepalive.isOn = true
        options.isIPv6Allowed = !namesIPv4(endpoint)
        options.capacity.sendBufferSize = bufferSize
        options.capacity.receiveBufferSize = bufferSize
        // Longer than coordinators give it themselves, which may be slow.
        options.connecting.handshakeInterval = handshakeInterval * 2
        options.curve = key.map { .connecting(as: $0.pair, to: $0.coordinator) }
        return options
    }
}
