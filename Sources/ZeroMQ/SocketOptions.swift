import CZeroMQ

/// What a socket is set to before it is bound or connected; `nil` leaves libzmq's default.
///
/// Durations count in whole milliseconds, rounded up (seconds for the TCP keepalive).
public struct SocketOptions: Equatable, Sendable {
    /// How long unsent messages may delay the context's end. Always set, so that it ends.
    public var linger: Duration = .zero
    /// How much waits, and in what sizes.
    public var capacity = Capacity()
    /// What a router does about identities.
    public var router = Router()
    /// Queue only for completed connections: nothing waits here for another side yet to come.
    public var isImmediate: Bool?
    /// The identity that a router sees: 1 to 255 bytes, the first not 0.
    public var routingID: [UInt8]?
    /// How long it takes to connect, and again.
    public var connecting = Connecting()
    /// ZeroMQ's own heartbeats.
    public var heartbeat = Heartbeat()
    /// How TCP finds that a connection is dead.
    public var keepalive = Keepalive()
    /// Addresses may be IPv6.
    public var isIPv6Allowed: Bool?
    /// Connections are encrypted, and both ends know each other's keys; `nil` leaves them plain.
    public var curve: CurveIdentity?

    /// How much waits, and in what sizes.
    public struct Capacity: Equatable, Sendable {
        /// How many messages wait per connection before sending would block; 0 is without bound.
        public var sendHighWaterMark: Int?
        /// How many received messages wait per connection; 0 is without bound.
        public var receiveHighWaterMark: Int?
        /// The largest frame in bytes that is accepted; a larger one ends its connection. −1: any.
        public var messageSizeMax: Int?
        /// The kernel's send buffer in bytes.
        public var sendBufferSize: Int?
        /// The kernel's receive buffer in bytes.
        public var receiveBufferSize: Int?
        /// How many connections may wait to be accepted.
        public var backlog: Int?
    }

    /// What a router does about identities.
    public struct Router: Equatable, Sendable {
        /// It reports what it cannot deliver. Without it, it silently drops.
        public var isMandatory: Bool?
        /// A connection that claims an identity in use gets it; the older one goes silent. Without
        /// it, the newer one does.
        public var isHandover: Bool?
    }

    /// How long it takes to connect, and again.
    public struct Connecting: Equatable, Sendable {
        /// The pause before the first reconnection attempt.
        public var interval: Duration?
        /// The longest pause before a reconnection attempt; pauses double up to it.
        public var intervalMax: Duration?
        /// How long a TCP connection may take.
        public var timeout: Duration?
        /// How long ZeroMQ's handshake may take.
        public var handshakeInterval: Duration?
    }

    /// ZeroMQ's own heartbeats. The I/O thread answers them: a hung program stays alive by them.
    public struct Heartbeat: Equatable, Sendable {
        /// The time between them.
        public var interval: Duration?
        /// How long one may stay unanswered. Must exceed the time that the largest message takes on
        /// the slowest link, or the connection ends in the midst of it.
        public var timeout: Duration?
    }

    /// How TCP finds that a connection is dead.
    public struct Keepalive: Equatable, Sendable {
        /// Idle connections are probed.
        public var isOn: Bool?
        /// The idle time before the first probe.
        public var idle: Duration?
        /// The time between probes.
        public var interval: Duration?
        /// After how many lost probes the connection ends.
        public var count: Int?
        /// How long the other end may leave bytes unacknowledged before the connection ends; the
        /// kernel's own patience is a quarter of an hour.
        public var acknowledgeMax: Duration?
    }

    /// Leaves everything but the linger time at libzmq's defaults.
    public init() {}

    /// Whether addresses that are connected to from now on may be IPv6.
    static func set(isIPv6Allowed: Bool, of socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        try OptionSetter(socket: socket).set(ZMQ_IPV6, "IPv6 support", isIPv6Allowed)
    }

    /// Sets the options of a new socket.
    func apply(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        let setter = OptionSetter(socket: socket)
        try setter.set(ZMQ_LINGER, "linger time", linger)
        try setter.set(ZMQ_SNDHWM, "send high-water mark", capacity.sendHighWaterMark)
        try setter.set(ZMQ_RCVHWM, "receive high-water mark", capacity.receiveHighWaterMark)
        try setter.set(
            ZMQ_MAXMSGSIZE,
            "largest message size",
            capacity.messageSizeMax.map(Int64.init)
        )
        try setter.set(ZMQ_ROUTER_MANDATORY, "mandatory routing", router.isMandatory)
        try setter.set(ZMQ_ROUTER_HANDOVER, "identity handover", router.isHandover)
        try setter.set(ZMQ_IMMEDIATE, "immediate mode", isImmediate)
        try setter.set(ZMQ_ROUTING_ID, "routing id", routingID)
        try setter.set(ZMQ_RECONNECT_IVL, "reconnect interval", connecting.interval)
        try setter.set(ZMQ_RECONNECT_IVL_MAX, "longest reconnect interval", connecting.intervalMax)
        try setter.set(ZMQ_CONNECT_TIMEOUT, "connect timeout", connecting.timeout)
        try setter.set(ZMQ_HANDSHAKE_IVL, "handshake interval", connecting.handshakeInterval)
        try setter.set(ZMQ_HEARTBEAT_IVL, "heartbeat interval", heartbeat.interval)
        try setter.set(ZMQ_HEARTBEAT_TIMEOUT, "heartbeat timeout", heartbeat.timeout)
        try setter.set(ZMQ_TCP_KEEPALIVE, "TCP keepalive", keepalive.isOn)
        try setter.set(
            ZMQ_TCP_KEEPALIVE_IDLE,
            "TCP keepalive idle time",
            keepalive.idle?.wholeSeconds
        )
        try setter.set(
            ZMQ_TCP_KEEPALIVE_INTVL,
            "TCP keepalive interval",
            keepalive.interval?.wholeSeconds
        )
        try setter.set(ZMQ_TCP_KEEPALIVE_CNT, "TCP keepalive count", keepalive.count)
        try setter.set(
            ZMQ_TCP_MAXRT,
            "longest time without acknowledgement",
            keepalive.acknowledgeMax
        )
        try setter.set(ZMQ_IPV6, "IPv6 support", isIPv6Allowed)
        try setter.set(ZMQ_SNDBUF, "send buffer size", capacity.sendBufferSize)
        try setter.set(ZMQ_RCVBUF, "receive buffer size", capacity.receiveBufferSize)
        try setter.set(ZMQ_BACKLOG, "backlog", capacity.backlog)
        switch curve {
        case .accepting(let pair):
            try setter.set(ZMQ_CURVE_SERVER, "CURVE role", true)
            try setter.set(ZMQ_CURVE_SECRETKEY, "secret key", pair.secretKey.bytes)
            try setter.set(ZMQ_ZAP_DOMAIN, "authentication domain", Array("lockstep".utf8))
        case .connecting(let pair, let server):
            try setter.set(ZMQ_CURVE_SERVERKEY, "other side's key", server.bytes)
            try setter.set(ZMQ_CURVE_PUBLICKEY, "public key", pair.publicKey.bytes)
            try setter.set(ZMQ_CURVE_SECRETKEY, "secret key", pair.secretKey.bytes)
        case nil:
            break
        }
    }
}

/// Sets one option after another, each in the type that zmq_setsockopt(3) wants.
private struct OptionSetter {
    let socket: UnsafeMutableRawPointer

    func set(_ option: Int32, _ name: String, _ value: Duration?) throws(ZeroMQError) {
        guard let value else { return }
        let milliseconds = value.wholeMilliseconds
        try setBytes(option, name, Int32(clamping: milliseconds), text: "\(milliseconds) ms")
    }

    func set(_ option: Int32, _ name: String, _ value: Int?) throws(ZeroMQError) {
        guard let value else { return }
        try setBytes(option, name, Int32(clamping: value), text: "\(value)")
    }

    func set(_ option: Int32, _ name: String, _ value: Int64?) throws(ZeroMQError) {
        guard let value else { return }
        try setBytes(option, name, value, text: "\(value)")
    }

    func set(_ option: Int32, _ name: String, _ value: Bool?) throws(ZeroMQError) {
        guard let value else { return }
        try setBytes(option, name, Int32(value ? 1 : 0), text: value ? "on" : "off")
    }

    func set(_ option: Int32, _ name: String, _ value: [UInt8]?) throws(ZeroMQError) {
        guard let value else { return }
        guard zmq_setsockopt(socket, option, value, value.count) == 0 else {
            throw .optionRefused(name: name, value: "\(value.count) bytes", code: zmq_errno())
        }
    }

    private func setBytes<Value: BitwiseCopyable>(
        _ option: Int32,
        _ name: String,
        _ value: Value,
        text: String
    ) throws(ZeroMQError) {
        let outcome = withUnsafeBytes(of: value) {
            zmq_setsockopt(socket, option, $0.baseAddress, $0.count)
        }
        guard outcome == 0 else {
            throw .optionRefused(name: name, value: text, code: zmq_errno())
        }
    }
}

extension Duration {
    /// The milliseconds, rounded up, so that a wait is never cut short; none below zero.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflowsToo) = product.addingReportingOverflow(fraction)
        return overflows || overflowsToo ? .max : Int(sum)
    }

    /// The seconds, rounded up; none below zero.
    var wholeSeconds: Int {
        let milliseconds = wholeMilliseconds
        return milliseconds / 1000 + (milliseconds % 1000 == 0 ? 0 : 1)
    }
}
