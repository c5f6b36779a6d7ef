import Glibc
import Model
package import TrainingProtocol
package import Transport
import Wire
package import ZeroMQ

/// The connections that every worker has, wherever it is: one ROUTER.
///
/// A worker's identity is the byte `w` and its number, so it needs no table. Nothing is ever sent
/// blocking: a worker whose queue is full counts as lost.
package final class ZeroMQCoordinatorTransport: CoordinatorTransport {
    package typealias Failure = ZeroMQError
    package typealias Payloads = NetworkPayloads

    private let socket: Socket
    /// The address that workers connect to, with the port that the system chose.
    package let endpoint: String
    private var monitor: ConnectionMonitor
    /// Who said hello over which connection, by its descriptor.
    private var connections: [Int32: WorkerID] = [:]
    /// Who may connect; nil where nothing is encrypted.
    private var gate: AdmissionGate?
    private var revoked: [WorkerID] = []
    private var incoming = Multipart(frameCountMax: 3)
    private var outgoing = Multipart(frameCountMax: 3)
    private let gradients: GradientAssembler
    package private(set) var traffic = Traffic()
    /// The file of an `ipc` address, which libzmq leaves behind.
    private let socketFile: String?

    deinit {
        if let socketFile { unlink(socketFile) }
    }

    /// Binds to `endpoint`; workers may connect from then on, and wait.
    ///
    /// - Parameters:
    ///   - endpoint: the address.
    ///   - admission: whom to let in, encrypted; nil for everybody, in the open.
    ///   - gradients: puts gradients together.
    ///   - context: what its socket belongs to.
    /// - Throws: when the address is malformed, in use, not of this machine, or of a kind that no
    ///   other process reaches.
    package init(
        binding endpoint: String,
        admission: Admission?,
        gradients: GradientAssembler,
        in context: Context
    ) throws(ZeroMQError) {
        try refuseUnreachable(endpoint, .bind)
        var options = SocketOptions()
        options.router.isMandatory = true
        options.router.isHandover = true
        options.capacity.sendHighWaterMark = highWaterMark
        options.capacity.receiveHighWaterMark = highWaterMark
        options.capacity.messageSizeMax = messageSizeMax
        options.keepalive.isOn = true
        options.isIPv6Allowed = !namesIPv4(endpoint)
        options.capacity.backlog = 1_024
        options.capacity.sendBufferSize = bufferSize
        options.capacity.receiveBufferSize = bufferSize
        options.connecting.handshakeInterval = handshakeInterval
        options.curve = admission.map { .accepting(as: $0.pair) }
        let gate = try admission.map { (admission) throws(ZeroMQError) in
            try AdmissionGate(admission, in: context)
        }
        let socket = try Socket(.router, in: context, options: options)
        monitor = try ConnectionMonitor(of: socket, ConnectionWatch())
        self.endpoint = try socket.bind(endpoint)
        self.socket = socket
        self.gate = gate
        self.gradients = gradients
        let isFile = endpoint.hasPrefix("ipc://") && endpoint != "ipc://*"
        socketFile = isFile ? String(endpoint.dropFirst("ipc://".count)) : nil
    }

    package func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<NetworkPayloads>,
        to worker: WorkerID
    ) throws(ZeroMQError) -> Delivery {
        let header = WireEncoding.bytes(of: message, offer: payload.offer)
        switch payload {
        case .none, .offer:
            return try send(header, to: worker)
        case .samples(let work, let source):
            let frame = Message(size: source.size(of: work)) {
                source.copySamples(of: work, into: $0)
            }
            return try send(header, frame, to: worker)
        case .parameters(let buffer):
            // The convolutions', which are needed first, then the rest; neither is copied.
            for segment in buffer.segments {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[segment])
                let frame = Message(sharing: bytes, of: buffer)
                guard try send(header, frame, to: worker) == .sent else { return .lost }
            }
            return .sent
        }
    }

    private func send(
        _ header: HeaderBytes,
        _ payload: consuming Message? = nil,
        to worker: WorkerID
    ) throws(ZeroMQError) -> Delivery {
        outgoing.removeAll()
        outgoing.append(Message(copying: routingID(of: worker)))
        outgoing.append(Message(copying: header))
        var size = header.count
        if let payload {
            size += payload.size
            outgoing.append(payload)
        }
        traffic.add(byteCount: size, isSent: true)
        return try socket.send(&outgoing) == .sent ? .sent : .lost
    }

    package func receive() throws(ZeroMQError) -> CoordinatorReceived<NetworkPayloads>? {
        guard try socket.receive(into: &incoming) else { return nil }
        let descriptor = incoming.sourceDescriptor(at: incoming.frameCount - 1)
        if let descriptor { monitor.watch.noteMessage(over: descriptor) }
        let worker = incoming.withFrame(at: 0) { workerID(routingID: $0) }
        let route = Route(over: self, from: worker, connection: descriptor)
        guard incoming.droppedFrameCount == 0, (2...3).contains(incoming.frameCount) else {
            let count = incoming.frameCount + incoming.droppedFrameCount
            return .rejected(.frames(count: count), route)
        }
        if let enrolled = try enroll(route) { return enrolled }
        guard let worker else { return .rejected(.sender, route) }
        if let objection = gate?.objection(to: worker, under: incoming.senderKey(at: 1)) {
            drop(worker)
            return .rejected(.objection(objection), route)
        }
        return received(from: worker, route)
    }

    /// Reads what came last.
    private func received(from worker: WorkerID, _ route: Route) -> CoordinatorReceived<
        NetworkPayloads
    > {
        do {
            let contents = try incoming.withFrame(at: 1) { (bytes) throws(WireError) in
                try WireDecoding.workerContents(bytes)
            }
            let payloadSize = incoming.frameCount == 3 ? incoming.frameSize(at: 2) : nil
            traffic.add(
                byteCount: incoming.frameSize(at: 1) + (payloadSize ?? 0),
                isSent: false
            )
            switch contents {
            case .profile(let header):
                guard payloadSize != nil else { return .rejected(.profile, route) }
                let bytes = incoming.withFrame(at: 2) { Array($0) }
                return .profile(ReceivedProfile(header: header, bytes: bytes), route)
            case .message(let hello, _) where hello.isHello && payloadSize == nil:
                if let descriptor = route.connection {
                    connections[descriptor] = worker
                    monitor.watch.noteWorker(over: descriptor)
                }
                let arrival = WorkerArrival<NetworkPayloads>(
                    message: hello,
                    worker: worker,
                    route: route
                )
                return .hello(arrival, name: nameInHello(of: worker))
            case .message(let message, let sums):
                var arrival = WorkerArrival<NetworkPayloads>(
                    message: message,
                    sums: sums,
                    worker: worker,
                    route: route
                )
                if let payloadSize { takePayload(of: &arrival, size: payloadSize) }
                return arrival.received
            }
        } catch {
            return .rejected(.header(error), route)
        }
    }

    /// Gathers what came in the last frame.
    private func takePayload(of arrival: inout WorkerArrival<NetworkPayloads>, size: Int) {
        // An answer may count though its worker's connection has ended by now; what nobody who has
        // joined sends ahead is not kept.
        let hasJoined = connections.values.contains(arrival.worker)
        arrival.gradient = incoming.withFrame(at: 2) {
            gradients.gradient(
                of: arrival.message,
                from: arrival.worker,
                $0,
                keepsEarly: hasJoined
            )
        }
        arrival.payloadSize = arrival.gradient?.bytes.count ?? size
    }

    /// Lists the key that the message received last brings, if it comes with an invitation.
    private func enroll(_ route: Route) throws(ZeroMQError) -> CoordinatorReceived<NetworkPayloads>?
    {
        guard let admission = gate?.admission, let invitation = incoming.senderKey(at: 1),
            admission.isInvited(invitation)
        else { return nil }
        guard incoming.frameCount == 2,
            let key = incoming.withFrame(at: 1, { EnrollmentMessage.key(in: $0) })
        else { return .rejected(.objection(.unlisted), route) }
        let name = admission.enroll(key, invitedAs: invitation)
        outgoing.removeAll()
        outgoing.append(incoming.takeFrame(at: 0))
        let answer = name == nil ? EnrollmentMessage.refused : EnrollmentMessage.accepted
        outgoing.append(Message(copying: answer))
        _ = try socket.send(&outgoing)
        return name.map { .enrolled(name: $0) } ?? .rejected(.unkept, route)
    }

    /// What people are to call the worker whose hello was received last: where it runs, its number,
    /// and what its key is called.
    private func nameInHello(of worker: WorkerID) -> String {
        let name = incoming.withFrame(at: 1) { WireDecoding.workerName(inHello: $0) }
        let key = incoming.senderKey(at: 1).flatMap { gate?.admission.name(of: $0) }
        let number = key.map { "\(worker), key \($0)" } ?? "\(worker)"
        return name.map { "\($0) (\(number))" } ?? number
    }

    package func drop(_ worker: WorkerID) {
        for (descriptor, known) in connections where known == worker {
            ConnectionMonitor.end(descriptor)
        }
    }

    /// Messages of a connection that has ended may still wait here, and its descriptor be another's
    /// by now: what has said hello loses its connection for its own messages alone.
    package func drop(_ route: Route) {
        guard route.isOver(self), let descriptor = route.connection else { return }
        if let known = connections[descriptor], known != route.sender { return }
        ConnectionMonitor.end(descriptor)
    }

    /// The system gives a descriptor to the next connection once it is free: should that worker say
    /// hello before the end of the one before is read here, it counts as lost too, and joins again.
    package func nextLostWorker() throws(ZeroMQError) -> WorkerID? {
        if revoked.isEmpty { revoked = gate?.removeRevoked() ?? [] }
        if !revoked.isEmpty {
            drop(revoked[0])
            return revoked.removeFirst()
        }
        while let descriptor = try monitor.nextEnd() {
            if let worker = connections.removeValue(forKey: descriptor) {
                gradients.forget(worker)
                // What it has said before its end may have come since.
                socket.lookAgain()
                return worker
            }
        }
        return nil
    }

    package func attend(at now: Duration) throws(ZeroMQError) -> [RejectedMessage] {
        let overfull = monitor.endOverfull(at: now)
        guard let refused = try gate?.answerHandshakes(), !refused.isEmpty else { return overfull }
        return refused.map { .key($0) } + overfull
    }

    package var deadline: Duration? { monitor.watch.nextLook }

    package func carries(_ worker: WorkerID) -> Bool { connections.values.contains(worker) }
}

extension ZeroMQCoordinatorTransport: PolledTransport {
    package func add(to poller: inout Poller) {
        _ = poller.add(socket)
        monitor.add(to: &poller)
        gate?.add(to: &poller)
    }
}
