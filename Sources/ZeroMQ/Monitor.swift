import CZeroMQ

/// Reports what happens to a socket's connections.
///
/// Drain it in the loop that serves the socket, in the same thread. Its events name an address
/// or a descriptor, never an identity: who is at the other end only a message of theirs can tell.
public struct Monitor: ~Copyable {
    /// Where the events arrive.
    let socket: Socket

    private let monitored: SocketHandle
    private var frames = Multipart(frameCountMax: 2)

    /// Starts to watch a socket; a monitor it had before gets no more events.
    ///
    /// Start before binding or connecting, to miss nothing.
    ///
    /// - Throws: when libzmq has no sockets or descriptors left.
    public init(of socket: borrowing Socket) throws(ZeroMQError) {
        let monitored = socket.handle
        monitored.monitorCount += 1
        let name = UInt(bitPattern: monitored.raw)
        let endpoint = "inproc://monitor-\(name)-\(monitored.monitorCount)"
        guard zmq_socket_monitor(monitored.raw, endpoint, ZMQ_EVENT_ALL) == 0 else {
            throw .lastCall("watch a socket's connections")
        }
        // Unbounded, since libzmq's I/O thread would block when the events had no room.
        var options = SocketOptions()
        options.capacity.receiveHighWaterMark = 0
        let receiver = try Socket(.pair, in: monitored.context, options: options)
        try receiver.connect(endpoint)
        self.socket = receiver
        self.monitored = monitored
    }

    deinit {
        if monitored.isOpen { zmq_socket_monitor(monitored.raw, nil, 0) }
    }

    /// Takes the oldest event, if there is one, without waiting.
    ///
    /// - Throws: when libzmq fails, such as with a closing context.
    public mutating func next() throws(ZeroMQError) -> MonitorEvent? {
        while try socket.receive(into: &frames) {
            guard frames.frameCount == 2, frames.frameSize(at: 0) == 6 else { continue }
            let (kind, value) = frames.withFrame(at: 0) {
                (
                    $0.loadUnaligned(as: UInt16.self),
                    $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self)
                )
            }
            let endpoint = frames.withFrame(at: 1) { String(decoding: $0, as: UTF8.self) }
            guard let kind = MonitorEvent.Kind(rawValue: kind) else { continue }
            return MonitorEvent(kind: kind, value: value, endpoint: endpoint)
        }
        return nil
    }
}

/// One thing that happened to a connection of a monitored socket.
public struct MonitorEvent: Equatable, Sendable {
    /// What can happen; the values are zmq_socket_monitor(3)'s.
    public enum Kind: UInt16, Sendable {
        /// The transport is connected, the handshake not yet done. The value is the descriptor.
        case connected = 0x0001
        /// Connecting goes on in the background.
        case connectDelayed = 0x0002
        /// The next attempt follows in as many milliseconds as the value tells.
        case connectRetried = 0x0004
        /// The socket is bound. The value is the descriptor.
        case listening = 0x0008
        /// Binding failed. The value is the error code.
        case bindFailed = 0x0010
        /// A connection was accepted, the handshake not yet done. The value is its descriptor.
        case accepted = 0x0020
        /// A connection could not be accepted. The value is the error code.
        case acceptFailed = 0x0040
        /// A descriptor, the value, was closed by this side; failed attempts end so.
        case closed = 0x0080
        /// Closing failed. The value is the error code.
        case closeFailed = 0x0100
        /// A connection ended. The value was its descriptor.
        case disconnected = 0x0200
        /// The monitor gets no more events.
        case monitorStopped = 0x0400
        /// The handshake failed before it told why. The value is an error code.
        case handshakeFailed = 0x0800
        /// The connection is ready for messages.
        case handshakeSucceeded = 0x1000
        /// The other side broke the protocol, or speaks another. The value is libzmq's code.
        case handshakeProtocolFailed = 0x2000
        /// The other side was refused. The value is the authenticator's status, such as 400.
        case handshakeAuthenticationFailed = 0x4000
    }

    /// What happened.
    public let kind: Kind

    /// A number that the kind explains.
    public let value: UInt32

    /// The address that was bound or connected.
    public let endpoint: String

    /// Gathers the parts.
    public init(kind: Kind, value: UInt32, endpoint: String) {
        self.kind = kind
        self.value = value
        self.endpoint = endpoint
    }
}
