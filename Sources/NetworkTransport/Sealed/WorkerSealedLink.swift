import Model
import Sealing
import Wire
import ZeroMQ

/// A worker's sealed link to a coordinator of another host: messages with payloads, over the second
/// port that a welcome has named.
///
/// See `SealedLinks`. Belongs to one thread.
final class WorkerSealedLink {
    /// What came in.
    enum Received {
        /// A message: its header and its payload.
        case message([UInt8], OpenedPayload)
        /// The coordinator has shown that it holds the keys: messages can go this way.
        case opened
        /// Something that no coordinator of ours sends.
        case foreign(reason: String)
    }

    /// A payload, authenticated and where it is wanted.
    enum OpenedPayload {
        case none
        case samples(StoredSamples, size: Int)
        case parameters(ParameterAssembler.Place)
    }

    /// How the link changes.
    enum Change: Equatable {
        /// It was never open, for this reason.
        case failed(String)
        /// It was open.
        case lost
    }

    /// The coordinator's port.
    let port: Int
    /// Whether messages can go this way.
    private(set) var isOpen = false

    private let socket: Socket
    private var monitor: Monitor
    private let sealer: FrameSealer
    private let opener: FrameOpener
    private let parameters: ParameterAssembler
    private let deadline: Duration
    private var message = Multipart(frameCountMax: 1)

    /// How long a link may take to open.
    private static let openingMax = Duration.seconds(10)

    /// Connects in the background.
    ///
    /// - Parameters:
    ///   - offer: what the welcome said.
    ///   - endpoint: the coordinator's first address.
    ///   - isIPv6Allowed: whether a name there may mean an IPv6 address.
    ///   - parameters: where parameters go.
    ///   - now: since when it is opened.
    ///   - context: what its socket belongs to.
    /// - Throws: when that has no port to be replaced, or libzmq has no sockets left.
    init(
        _ offer: SealedLinkOffer,
        beside endpoint: String,
        isIPv6Allowed: Bool,
        parameters: ParameterAssembler,
        at now: Duration,
        in context: Context
    ) throws(ZeroMQError) {
        let address = PayloadPort.replacePort(of: endpoint, by: String(offer.port)) ?? ""
        var options = SocketOptions.sealed(for: address)
        options.isIPv6Allowed = isIPv6Allowed
        options.routingID = LinkID.routingID(offer.id)
        options.isImmediate = true
        options.linger = .milliseconds(250)
        options.connecting.timeout = .seconds(5)
        socket = try Socket(.dealer, in: context, options: options)
        monitor = try Monitor(of: socket)
        sealer = FrameSealer(offer.keyToCoordinator)
        opener = FrameOpener(offer.keyToWorker)
        port = offer.port
        self.parameters = parameters
        deadline = now + Self.openingMax
        try socket.connect(address)
    }

    /// Has a poller wake for it: for messages at one place, for changes at the other.
    func poll(with poller: inout Poller, at places: (Int, Int)) {
        poller.setSocket(socket, at: places.0)
        poller.setMonitor(monitor, at: places.1)
    }

    /// Sends a message; false when the link takes nothing more.
    func send(_ header: HeaderBytes, _ payload: UnsafeRawBufferPointer) throws(ZeroMQError) -> Bool
    {
        try send(.sealed(by: sealer, behind: header, payload))
    }

    private func send(_ frame: consuming Message) throws(ZeroMQError) -> Bool {
        message.removeAll()
        message.append(frame)
        return try socket.send(&message) == .sent
    }

    /// Takes the next change, if there is one; the link is of no use after it.
    func nextChange(at now: Duration) throws(ZeroMQError) -> Change? {
        while let event = try monitor.next() {
            switch event.kind {
            case .handshakeSucceeded:
                // Shows the coordinator that this is the worker that it has welcomed.
                _ = try send(.sealed(by: sealer))
            case .closed, .disconnected, .connectRetried:
                return isOpen ? .lost : .failed("nothing of ours answers there")
            default: continue
            }
        }
        if !isOpen, deadline <= now { return .failed("no answer came from there") }
        return nil
    }

    /// Takes the next message, if one is there.
    func receive() throws(ZeroMQError) -> Received? {
        guard try socket.receive(into: &message) else { return nil }
        guard message.droppedFrameCount == 0,
            let size = SealedFrame.payloadSize(size: message.frameSize(at: 0))
        else { return .foreign(reason: "a sealed message of other frames") }
        do throws(SealingError) {
            let (header, payload) = try open(payloadSize: size)
            guard isOpen else {
                isOpen = true
                return .opened
            }
            return .message(header, payload)
        } catch {
            return .foreign(reason: error.description)
        }
    }

    private func open(
        payloadSize size: Int
    ) throws(SealingError) -> (header: [UInt8], payload: OpenedPayload) {
        let nothing = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        if size == 0 { return (try open(into: nothing), .none) }
        if let place = parameters.place(ofSize: size) {
            return (try open(into: place.bytes), .parameters(place))
        }
        var header: Result<[UInt8], SealingError>?
        let samples = Message(size: size) { place in
            header = Result { () throws(SealingError) in try open(into: place) }
        }
        guard let header else { preconditionFailure("a frame was made and not filled") }
        return (try header.get(), .samples(.frame(SampleFrame(samples)), size: size))
    }

    private func open(
        into place: UnsafeMutableRawBufferPointer
    ) throws(SealingError) -> [UInt8] {
        try message.withFrame(at: 0) { (frame) throws(SealingError) in
            try opener.open(frame, into: place)
        }
    }
}
