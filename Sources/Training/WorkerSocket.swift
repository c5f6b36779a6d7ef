import Figures
import Glibc
import Keys
import Model
import TrainingProtocol
import Wire
import ZeroMQ

/// A worker's end of the transport: one DEALER that looks for the coordinator by itself, and a link
/// beside it: through shared memory where the coordinator is on the same host, sealed where it
/// encrypts.
///
/// It queues nothing while there is no connection, so a coordinator that was started again never
/// gets
/// answers to questions of the one before. Belongs to one thread.
struct WorkerSocket: ~Copyable {
    /// What came in.
    enum Received {
        /// A message of the coordinator.
        case message(CoordinatorArrival)
        /// The first segment of parameters: see `begunParameters`.
        case parametersBegun
        /// Payloads go sealed from now on, through this port of the coordinator's.
        case sealedLinkOpened(port: Int)
        /// Bytes that are no message of ours.
        case foreign(reason: String)
    }

    let socket: Socket
    private(set) var monitor: Monitor
    private var incoming: Multipart
    private var outgoing: Multipart
    private let worker: WorkerID
    /// The link to a coordinator of the same host.
    private(set) var link: WorkerLink?
    private var isLinkLost = false
    /// The link over which payloads go sealed.
    var sealedLink: WorkerSealedLink?
    /// What a sealed link is made with.
    let context: Context
    let endpoint: String
    private let isEncrypted: Bool
    let frameParameters = FrameParameters()
    /// The gradient whose fully connected segment was sent ahead in a frame, and the sealed link
    /// that it went over.
    private var early: (gradient: ParameterBuffer, link: WorkerSealedLink?)?
    /// Why the first sealed link that failed could not be had, and whether that was told.
    var sealedLinkFailure: (port: Int, reason: String)?
    var isSealedLinkFailureTold = false
    /// A link that failed at its beginning would fail again.
    private var isLinkRefused = false
    /// How many slices of time the last welcome asked for.
    private(set) var sliceCountMax = 0
    /// How the search for the coordinator goes.
    var search: CoordinatorSearch
    private var refusal = RefusalWitness()

    /// Connects to `endpoint` in the background, under the identity of `worker`.
    ///
    /// - Throws: when the address is malformed.
    init(
        connectingTo endpoint: String,
        as worker: WorkerID,
        key: WorkerKey?,
        in context: Context
    ) throws(ZeroMQError) {
        try refuseUnreachable(endpoint, .connect)
        var options = SocketOptions()
        options.routingID = routingID(of: worker)
        options.isImmediate = true
        options.linger = .milliseconds(250)
        options.reconnectInterval = .milliseconds(50)
        options.reconnectIntervalMax = .seconds(2)
        options.connectTimeout = .seconds(5)
        // A host that is gone without a word closes no connection. libzmq looks the name up again
        // for the next one, and finds a coordinator that has moved.
        options.tcpAcknowledgeMax = .seconds(15)
        options.sendHighWaterMark = highWaterMark
        options.receiveHighWaterMark = highWaterMark
        options.messageSizeMax = messageSizeMax
        options.isTCPKeepaliveOn = true
        options.isIPv6Allowed = !namesIPv4(endpoint)
        options.sendBufferSize = bufferSize
        options.receiveBufferSize = bufferSize
        // Longer than coordinators give it themselves, which may be slow.
        options.handshakeInterval = handshakeInterval * 2
        options.curve = key.map { .connecting(as: $0.pair, to: $0.coordinator) }
        let socket = try Socket(.dealer, in: context, options: options)
        let monitor = try Monitor(of: socket)
        try socket.connect(endpoint)
        self.socket = socket
        self.monitor = monitor
        self.worker = worker
        self.context = context
        self.endpoint = endpoint
        isEncrypted = key != nil
        search = CoordinatorSearch(for: endpoint, isEncrypted: key != nil, at: .now)
        incoming = Multipart(frameCountMax: 2)
        outgoing = Multipart(frameCountMax: 2)
    }

    /// Waits a short time for a message over the link, awake but letting others run.
    ///
    /// Whoever sleeps on a virtual processor takes 25 to 50 µs to wake up, and to wake it costs the
    /// coordinator 10 µs. Yielding at each look leaves the processor to whoever has something to
    /// do:
    /// with two workers on two processors a step became 10 % shorter, with eight no longer.
    func lookOut(for duration: Duration) {
        guard let link, link.isOpen else { return }
        let end = ContinuousClock.now + duration
        while !link.hasMessage, ContinuousClock.now < end { sched_yield() }
    }

    /// What else to poll for reading; -1 where there is no link.
    var linkDescriptor: Int32 { link?.fileDescriptor ?? -1 }

    /// Sends a message; without a connection it is dropped, for the machine repeats what matters.
    mutating func send(
        _ message: WorkerMessage,
        sums: LossSums,
        gradient: ParameterBuffer?
    ) throws(ZeroMQError) {
        let header = WireEncoding.bytes(of: message, sums: sums, name: .own)
        let size = gradient?.bytes.count ?? 0
        if !message.isHello, sendOverLink(header, gradient, payloadSize: size) { return }
        let range = frameRange(of: message, gradient)
        if let gradient, try sendSealed(header, gradient, range) { return }
        try sendFrames(header, gradient, range)
    }

    /// Which bytes of a gradient travel where it is not in shared memory: an early segment's, then
    /// those that were not sent ahead.
    private mutating func frameRange(
        of message: WorkerMessage,
        _ gradient: ParameterBuffer?
    ) -> Range<Int> {
        guard let gradient else { return 0..<0 }
        let link = sealedLink?.isOpen == true ? sealedLink : nil
        if case .earlySegment = message {
            early = (gradient, link)
            return LeNet.segments[1].bytes
        }
        defer { early = nil }
        // Where both would not come over one connection, the rest might arrive first.
        guard let early, early.gradient === gradient, early.link === link else {
            return 0..<gradient.bytes.count
        }
        return LeNet.segments[0].bytes
    }

    /// Sends over the sealed link, and tells whether there is one; one that takes nothing more is
    /// given up, and the message with it.
    private mutating func sendSealed(
        _ header: HeaderBytes,
        _ buffer: ParameterBuffer,
        _ range: Range<Int>
    ) throws(ZeroMQError) -> Bool {
        guard let sealedLink, sealedLink.isOpen else { return false }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[range])
        if try !sealedLink.send(header, bytes) { loseLink() }
        return true
    }

    /// Tells the coordinator what the time was spent on.
    mutating func send(_ profile: ProfileHeader, _ clock: PhaseClock) throws(ZeroMQError) {
        let buffer = takeGradientBuffer() ?? ParameterBuffer()
        let size = WorkerProfile.write(clock, into: buffer.bytes)
        let header = WireEncoding.bytes(of: profile)
        if sendOverLink(header, buffer, payloadSize: size) { return }
        try sendFrames(header, buffer, 0..<size)
    }

    /// Sends over the link, and tells whether it could; a link that takes nothing more is given up.
    private mutating func sendOverLink(
        _ header: HeaderBytes,
        _ buffer: ParameterBuffer?,
        payloadSize: Int
    ) -> Bool {
        guard let link, link.isOpen,
            let isSent = link.send(header, buffer, payloadSize: payloadSize)
        else { return false }
        if !isSent { loseLink() }
        return isSent
    }

    private mutating func sendFrames(
        _ header: HeaderBytes,
        _ buffer: ParameterBuffer?,
        _ range: Range<Int>
    ) throws(ZeroMQError) {
        outgoing.removeAll()
        outgoing.append(Message(copying: header))
        if let buffer {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[range])
            outgoing.append(Message(sharing: bytes, of: buffer))
        }
        _ = try socket.send(&outgoing)
    }

    /// Takes the next message, if one is there.
    mutating func receive() throws(ZeroMQError) -> Received? {
        if let received = receiveOverLink() { return received }
        if let received = try receiveSealed() { return received }
        guard try socket.receive(into: &incoming) else { return nil }
        guard incoming.droppedFrameCount == 0, (1...2).contains(incoming.frameCount) else {
            let count = incoming.frameCount + incoming.droppedFrameCount
            return .foreign(reason: "a message of \(count) frames")
        }
        do {
            let (message, offer) = try incoming.withFrame(at: 0) { (bytes) throws(WireError) in
                try WireDecoding.coordinatorMessage(bytes)
            }
            if case .welcome = message {
                frameParameters.forget()
                openLink(offer.localLink)
                openSealedLink(offer.sealedLink)
                sliceCountMax = offer.sliceCountMax
            }
            return received(message)
        } catch {
            return .foreign(reason: error.description)
        }
    }

    /// Takes what came in frames with a message.
    private mutating func received(_ message: CoordinatorMessage) -> Received {
        guard incoming.frameCount == 2 else {
            return .message(CoordinatorArrival(message: message))
        }
        let size = incoming.frameSize(at: 1)
        var arrival = CoordinatorArrival(message: message, payloadSize: size)
        switch message {
        case .parameters(let version, let stamp):
            guard let place = frameParameters.place(ofSize: size) else {
                return .message(CoordinatorArrival(message: message))
            }
            incoming.withFrame(at: 1) { place.bytes.copyMemory(from: $0) }
            return take(version, stamp, at: place)
        case .work:
            arrival.payload = .samples(.frame(SampleFrame(incoming.takeFrame(at: 1))))
        case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            break
        }
        return .message(arrival)
    }

    /// Takes a segment of parameters that is at its place.
    mutating func take(
        _ version: Int,
        _ stamp: RunStamp,
        at place: FrameParameters.Place
    ) -> Received {
        guard let buffer = frameParameters.take(version: version, stamp, at: place) else {
            return .parametersBegun
        }
        let arrival = CoordinatorArrival(
            message: .parameters(version: version, stamp),
            payload: .parameters(StoredParameters(buffer)),
            payloadSize: buffer.bytes.count
        )
        return .message(arrival)
    }

    /// Parameters of which the convolutions' have come so far.
    var begunParameters: FrameParameters.Begun? { frameParameters.begun }

    private mutating func receiveOverLink() -> Received? {
        guard let link, let received = link.receive() else { return nil }
        guard case .message(let header, let packet) = received else {
            isLinkRefused = !link.isOpen
            loseLink()
            return nil
        }
        do {
            let (message, _) = try WireDecoding.coordinatorMessage(header)
            // What names no payload of ours brings none, whatever size it tells.
            var arrival = CoordinatorArrival(message: message)
            switch message {
            case .work:
                guard let slot = link.samples(of: packet) else { break }
                arrival.payload = .samples(.slot(slot))
                arrival.payloadSize = packet.payloadSize
            case .parameters(let version, _):
                guard let shared = link.parameters(of: packet) else { break }
                arrival.payload = .parameters(StoredParameters(shared, version: version))
                arrival.payloadSize = packet.payloadSize
            case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
                break
            }
            return .message(arrival)
        } catch {
            return .foreign(reason: error.description)
        }
    }

    /// Opens the link that a welcome offers, unless it is open: a second welcome may follow a
    /// repeated hello.
    private mutating func openLink(_ name: String) {
        guard link?.name != name else { return }
        link = nil
        guard !name.isEmpty, !isLinkRefused else { return }
        link = WorkerLink(connectingTo: name, as: worker)
    }

    mutating func loseLink() {
        frameParameters.forget()
        link = nil
        sealedLink = nil
        isLinkLost = true
    }

    /// Takes the next change of the connection, if there is one: true when it was made, false when
    /// it was lost.
    mutating func nextConnectionChange() throws(ZeroMQError) -> Bool? {
        if isLinkLost {
            isLinkLost = false
            return false
        }
        if try isSealedLinkLost() { return false }
        while let event = try monitor.next() {
            if refusal.isRefusal(event) { throw .keyRefused }
            if search.note(event, at: .now) { giveUpConnection() }
            switch event.kind {
            case .handshakeSucceeded: return true
            case .disconnected:
                sealedLink = nil
                frameParameters.forget()
                return false
            // Who connects in the open believes whoever answers.
            case .handshakeProtocolFailed where event.isMechanismMismatch && !isEncrypted:
                throw .encryptionDiffers
            default: continue
            }
        }
        try search.connectAnew(socket, at: .now)
        return nil
    }

    /// Has libzmq connect no more, until it is told to.
    private func giveUpConnection() {
        // That the socket has no such connection any more is what is wanted.
        try? socket.disconnect(endpoint)
    }

    /// Whether sending a gradient in two parts is worth it: always to another host, where the
    /// second
    /// is computed while the first travels, and here where the coordinator has a processor left.
    var wantsEarlySegments: Bool {
        if let link, link.isOpen { link.wantsEarlySegments } else { true }
    }

    /// Lets a coordinator on this processor go elsewhere.
    func makeWay() { link?.makeWay() }

    /// Keeps the calling thread off the other workers' processors.
    func settle() { link?.settle() }

    /// A buffer for a gradient that the coordinator reads in place; nil where there is none.
    func takeGradientBuffer() -> ParameterBuffer? { link?.takeGradientBuffer() }

    /// Gives back such a buffer that is not going to be sent.
    func giveBack(_ gradient: ParameterBuffer) { link?.giveBack(gradient) }
}
