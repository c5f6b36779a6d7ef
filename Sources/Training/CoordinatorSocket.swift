import Figures
import Glibc
import Model
import TrainingProtocol
import Wire
package import ZeroMQ

/// The coordinator's end of the transport: one ROUTER that every worker connects to, and links
/// beside it to those of the same host.
///
/// A worker's identity is the byte `w` and its number, so it needs no table. Nothing is ever sent
/// blocking: a worker whose queue is full counts as lost. Belongs to one thread.
package struct CoordinatorSocket: ~Copyable {
    /// What came in.
    enum Received {
        /// A message of a worker.
        case message(WorkerArrival)
        /// A worker asks to take part; people are to call it by this name.
        case hello(WorkerArrival, name: String)
        /// What a worker has spent its time on.
        case profile(WorkerProfile, from: WorkerID)
        /// An invited worker's key was listed under this name.
        case enrolled(name: String)
        /// A worker can be sent sealed payloads from now on.
        case linkOpened(WorkerID)
        /// A message that was on its way over a link that has ended.
        case late
        /// Bytes that are no message of ours, and what they came over.
        case foreign(ForeignMessage, WorkerArrival.Route)
    }

    let socket: Socket
    /// The address that workers connect to, with the port that the system chose.
    let endpoint: String
    var monitor: Monitor
    /// Who said hello over which connection, by its descriptor.
    var connections: [Int32: WorkerID] = [:]
    var watch = ConnectionWatch()
    /// Who may connect; nil where nothing is encrypted.
    let admission: Admission?
    let authenticator: Authenticator?
    var workers: WorkerAdmission?
    private(set) var incoming: Multipart
    private var outgoing: Multipart
    /// The links to workers of this host; nil where there are none.
    let links: CoordinatorLinks?
    /// The links over which payloads go sealed; nil where there are none.
    let sealedLinks: SealedLinks?
    var lostWorkers: [WorkerID] = []
    /// How many connections have ended without a message, and were not told of yet.
    var knockCount = 0
    var frameGradients = FrameGradients()
    /// What goes with every welcome.
    let offer: WelcomeOffer
    /// What was carried so far.
    var traffic = Traffic()
    /// When each worker was welcomed, to tell its clock from this one's.
    private var welcomes: [WorkerID: UInt64] = [:]
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
    ///   - offersLinks: whether workers of this host may use shared memory, where the system has
    ///     it.
    ///   - payloadPort: where payloads go sealed, if connections are encrypted.
    ///   - sliceCountMax: how many slices of time workers keep for a trace.
    /// - Throws: when the address is malformed, in use, not of this machine, or of a kind that no
    ///   other process reaches.
    package init(
        binding endpoint: String,
        admission: Admission? = nil,
        offersLinks: Bool = true,
        payloadPort: PayloadPort = .automatic,
        sliceCountMax: Int = 0
    ) throws(ZeroMQError) {
        try refuseUnreachable(endpoint, .bind)
        var options = SocketOptions()
        options.isRouterMandatory = true
        options.isRouterHandover = true
        options.sendHighWaterMark = highWaterMark
        options.receiveHighWaterMark = highWaterMark
        options.messageSizeMax = messageSizeMax
        options.isTCPKeepaliveOn = true
        options.isIPv6Allowed = !namesIPv4(endpoint)
        options.backlog = 1_024
        options.sendBufferSize = bufferSize
        options.receiveBufferSize = bufferSize
        options.handshakeInterval = handshakeInterval
        options.curve = admission.map { .accepting(as: $0.pair) }
        let context = try Context(ioThreadCount: 2)
        // Before the address is bound: libzmq lets every key in where nobody decides.
        let authenticator = admission == nil ? nil : try Authenticator(in: context)
        let socket = try Socket(.router, in: context, options: options)
        let monitor = try Monitor(of: socket)
        let reachableEndpoint = try socket.bind(endpoint)
        let sealedEndpoint = admission.flatMap { _ in payloadPort.endpoint(beside: endpoint) }
        sealedLinks = try sealedEndpoint.map { (endpoint) throws(ZeroMQError) in
            try SealedLinks(binding: endpoint, in: context)
        }
        self.socket = socket
        self.endpoint = reachableEndpoint
        self.monitor = monitor
        links = offersLinks ? CoordinatorLinks() : nil
        offer = WelcomeOffer(localLink: links?.name ?? "", sliceCountMax: sliceCountMax)
        self.admission = admission
        self.authenticator = authenticator
        workers = admission.map(WorkerAdmission.init)
        let isFile = endpoint.hasPrefix("ipc://") && endpoint != "ipc://*"
        socketFile = isFile ? String(endpoint.dropFirst("ipc://".count)) : nil
        incoming = Multipart(frameCountMax: 3)
        outgoing = Multipart(frameCountMax: 3)
    }

    /// Sends a message, with a payload or without one.
    ///
    /// - Returns: false when the worker is not connected or does not take messages.
    mutating func send(
        _ message: CoordinatorMessage,
        payload: CoordinatorPayload,
        to worker: WorkerID
    ) throws(ZeroMQError) -> Bool {
        var offer = offer
        if case .welcome = message {
            // A flood of them, one after the other, must not fill the memory.
            if welcomes.count > 4 * JoinLimit.workerCountMax { welcomes = [:] }
            welcomes[worker] = PhaseClock.now
            if links?.holds(worker) != true { offer.sealedLink = sealedLinks?.offer(to: worker) }
        }
        let header = WireEncoding.bytes(of: message, offer: offer)
        if links?.send(header, payload, to: worker) == true {
            traffic.add(byteCount: header.count + payload.size)
            return true
        }
        guard case .parameters(let buffer) = payload else {
            return try sendFrames(header, payload, to: worker)
        }
        // The convolutions', which are needed first, then the rest.
        for segment in LeNet.segments
        where try !sendFrames(header, .segment(buffer, segment), to: worker) { return false }
        return true
    }

    private mutating func sendFrames(
        _ header: HeaderBytes,
        _ payload: CoordinatorPayload,
        to worker: WorkerID
    ) throws(ZeroMQError) -> Bool {
        traffic.add(byteCount: header.count + payload.size)
        if let isSent = try sealedLinks?.send(header, payload, to: worker) {
            traffic.sealedMessageCount += 1
            return isSent
        }
        outgoing.removeAll()
        outgoing.append(Message(copying: routingID(of: worker)))
        outgoing.append(Message(copying: header))
        if let frame = payload.frame() { outgoing.append(frame) }
        return try socket.send(&outgoing) == .sent
    }

    /// Takes the next message, if one is there.
    mutating func receive() throws(ZeroMQError) -> Received? {
        if let received = receiveOverLinks() { return received }
        if let received = try receiveSealed() { return received }
        guard try socket.receive(into: &incoming) else { return nil }
        let descriptor = incoming.sourceDescriptor(at: incoming.frameCount - 1)
        if let descriptor { watch.noteMessage(over: descriptor) }
        let worker = incoming.withFrame(at: 0) { workerID(routingID: $0) }
        let route = WorkerArrival.Route.connection(descriptor: descriptor, sender: worker)
        guard incoming.droppedFrameCount == 0, (2...3).contains(incoming.frameCount) else {
            let count = incoming.frameCount + incoming.droppedFrameCount
            return .foreign(.frames(count: count), route)
        }
        if let enrolled = try enroll(route) { return enrolled }
        guard let worker else { return .foreign(.sender, route) }
        if let objection = workers?.objection(to: worker, under: incoming.senderKey(at: 1)) {
            disconnect(worker)
            return .foreign(.objection(objection), route)
        }
        do {
            let contents = try incoming.withFrame(at: 1) { (bytes) throws(WireError) in
                try WireDecoding.workerContents(bytes)
            }
            traffic.add(
                byteCount: incoming.frameSize(at: 1)
                    + (incoming.frameCount == 3 ? incoming.frameSize(at: 2) : 0)
            )
            switch contents {
            case .profile(let header):
                guard incoming.frameCount == 3 else { return .foreign(.profile, route) }
                return incoming.withFrame(at: 2) { profile(header, $0, from: worker, route) }
            case .message(let hello, _) where hello.isHello && incoming.frameCount == 2:
                if let descriptor {
                    connections[descriptor] = worker
                    watch.noteWorker(over: descriptor)
                }
                let arrival = WorkerArrival(message: hello, worker: worker, route: route)
                return .hello(arrival, name: nameInHello(of: worker))
            case .message(let message, let sums):
                return .message(arrival(of: message, sums, from: worker, route))
            }
        } catch {
            return .foreign(.header(error), route)
        }
    }

    /// Gathers what came in frames.
    private mutating func arrival(
        of message: WorkerMessage,
        _ sums: LossSums,
        from worker: WorkerID,
        _ route: WorkerArrival.Route
    ) -> WorkerArrival {
        var arrival = WorkerArrival(message: message, sums: sums, worker: worker, route: route)
        guard incoming.frameCount == 3 else { return arrival }
        // An answer may count though its worker's connection has ended by now; what nobody who has
        // joined sends ahead is not kept.
        let hasJoined = connections.values.contains(worker)
        arrival.gradient = incoming.withFrame(at: 2) {
            frameGradients.gradient(of: message, from: worker, $0, keepsEarly: hasJoined)
        }
        arrival.payloadSize = arrival.gradient?.bytes.count ?? incoming.frameSize(at: 2)
        return arrival
    }

    /// Lists the key that the message received last brings, if it comes with an invitation.
    private mutating func enroll(
        _ route: WorkerArrival.Route
    ) throws(ZeroMQError) -> Received? {
        guard let admission, let invitation = incoming.senderKey(at: 1),
            admission.isInvited(invitation)
        else { return nil }
        guard incoming.frameCount == 2,
            let key = incoming.withFrame(at: 1, { Enrollment.key(in: $0) })
        else { return .foreign(.objection(.unlisted), route) }
        let name = admission.enroll(key, invitedAs: invitation)
        outgoing.removeAll()
        outgoing.append(incoming.takeFrame(at: 0))
        let answer = name == nil ? Enrollment.refused : Enrollment.accepted
        outgoing.append(Message(copying: answer))
        _ = try socket.send(&outgoing)
        return name.map { .enrolled(name: $0) } ?? .foreign(.unkept, route)
    }

    private mutating func receiveOverLinks() -> Received? {
        while let received = links?.receive() {
            switch received {
            case .lost(let worker):
                lostWorkers.append(worker)
            case .message(let header, let buffer, let size, let worker):
                let payloadSize = buffer == nil ? 0 : size
                traffic.add(byteCount: header.count + payloadSize)
                return self.received(header, buffer, size: payloadSize, from: worker)
            }
        }
        return nil
    }

    private func received(
        _ header: UnsafeRawBufferPointer,
        _ buffer: ParameterBuffer?,
        size: Int,
        from worker: WorkerID
    ) -> Received {
        let route = WorkerArrival.Route.localLink(worker)
        do {
            let contents = try WireDecoding.workerContents(header)
            if let buffer, !contents.isContinued { links?.giveBackWhenUnused(buffer, to: worker) }
            switch contents {
            case .profile(let header):
                guard let buffer else { return .foreign(.profile, route) }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(size))
                return profile(header, bytes, from: worker, route)
            case .message(let message, let sums):
                let arrival = WorkerArrival(
                    message: message,
                    sums: sums,
                    gradient: buffer,
                    payloadSize: size,
                    worker: worker,
                    route: route
                )
                return .message(arrival)
            }
        } catch {
            return .foreign(.header(error), route)
        }
    }

    /// Reads what a worker has spent its time on.
    func profile(
        _ header: ProfileHeader,
        _ bytes: UnsafeRawBufferPointer,
        from worker: WorkerID,
        _ route: WorkerArrival.Route
    ) -> Received {
        let profile = welcomes[worker].flatMap { welcomed in
            WorkerProfile(
                header,
                bytes,
                sliceCountMax: offer.sliceCountMax,
                welcomed: welcomed,
                received: PhaseClock.now
            )
        }
        return profile.map { .profile($0, from: worker) } ?? .foreign(.profile, route)
    }

    /// Cuts the connection that a message came over: no worker of ours sends what nothing comes of.
    ///
    /// Messages of a connection that has ended may still wait here, and its descriptor be another's
    /// by now: what has said hello loses its connection for its own messages alone.
    mutating func end(_ route: WorkerArrival.Route) {
        switch route {
        case .connection(let descriptor?, let sender):
            if let known = connections[descriptor], known != sender { return }
            end(descriptor)
        case .localLink(let worker):
            links?.drop(worker)
            lostWorkers.append(worker)
        case .sealedLink(let worker):
            sealedLinks?.drop(worker)
            lostWorkers.append(worker)
        case .connection(descriptor: nil, _), .ended:
            break
        }
    }

    /// Cuts a worker's connection.
    func disconnect(_ worker: WorkerID) {
        links?.drop(worker)
        sealedLinks?.drop(worker)
        for descriptor in connections.filter({ $0.value == worker }).keys { end(descriptor) }
    }

    /// Ends a connection beneath libzmq, which cannot end a single one of a router: it takes this
    /// for the other side's doing and closes its own end.
    ///
    /// Should the descriptor belong to another connection by now, a worker loses it and comes
    /// again.
    func end(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
