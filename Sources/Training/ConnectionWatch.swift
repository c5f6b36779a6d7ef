import Glibc

/// Watches what connections bring, for libzmq bounds the size of a frame but not how many of them a
/// message has: one that never ends would fill the memory.
///
/// Tells which connections to end: those that have brought more than waiting messages can be since
/// their last whole one, and those beyond what the process has descriptors for.
struct ConnectionWatch {
    /// How often to look.
    static let period = Duration.milliseconds(200)

    /// Twice what may wait to be read: `highWaterMark` gradients of 247 kB.
    private static let unfinishedSizeMax: UInt64 = 32 << 20

    /// Twice the workers that may take part, or half of the descriptors that the process may have.
    private let connectionCountMax: Int

    private struct Connection {
        var receivedSize: UInt64 = 0
        var hasDelivered = false
    }

    private var connections: [Int32: Connection] = [:]
    private var nextLook = Duration.zero

    init() {
        connectionCountMax = min(
            2 * JoinLimit.workerCountMax,
            Self.processDescriptorCountMax / 2
        )
    }

    /// The descriptors that the process may have.
    static var processDescriptorCountMax: Int {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return isKnown ? Int(clamping: limit.rlim_cur) : 1_024
    }

    /// Notes a connection, and tells whether there is room for it.
    mutating func noteBeginning(of descriptor: Int32) -> Bool {
        connections[descriptor] = Connection()
        return connections.count <= connectionCountMax
    }

    /// Notes the end of a connection.
    mutating func noteEnd(of descriptor: Int32) { connections[descriptor] = nil }

    /// Notes that a whole message has come over a connection.
    mutating func noteMessage(over descriptor: Int32) {
        connections[descriptor]?.hasDelivered = true
    }

    /// The connections to end; none unless it is time to look.
    mutating func overfullConnections(at now: Duration) -> [Int32] {
        guard nextLook <= now else { return [] }
        nextLook = now + Self.period
        return connections.keys.filter { isOverfull($0) }
    }

    private mutating func isOverfull(_ descriptor: Int32) -> Bool {
        guard let size = Self.receivedSize(over: descriptor),
            let connection = connections[descriptor]
        else { return false }
        if connection.hasDelivered {
            connections[descriptor] = Connection(receivedSize: size)
            return false
        }
        // Less than before: the descriptor is another connection's by now.
        return size > connection.receivedSize
            && size - connection.receivedSize > Self.unfinishedSizeMax
    }

    /// What tcp(7)'s TCP_INFO counts as `tcpi_bytes_received`; nil where it does not, as with a
    /// Unix socket.
    private static func receivedSize(over descriptor: Int32) -> UInt64? {
        // In linux/tcp.h: 8 bytes, 24 words of 4, then pacing rates, acknowledged and received.
        let offset = 8 + 24 * 4 + 3 * 8
        return withUnsafeTemporaryAllocation(byteCount: offset + 8, alignment: 8) { info in
            var size = socklen_t(info.count)
            let outcome = getsockopt(
                descriptor,
                Int32(IPPROTO_TCP),
                TCP_INFO,
                info.baseAddress,
                &size
            )
            guard outcome == 0, Int(size) == info.count else { return nil }
            return info.load(fromByteOffset: offset, as: UInt64.self)
        }
    }
}
