import Glibc

/// Watches what connections bring, for libzmq bounds the size of a frame but not how many of them a
/// message has: one that never ends would fill the memory.
///
/// Tells which connections to end: those that have brought more than waiting messages can be since
/// their last whole one, those that bring none at all where each has to, and those beyond what the
/// process has descriptors for.
struct ConnectionWatch {
    /// How often to look.
    static let period = Duration.milliseconds(200)

    /// What a connection may bring without a whole message, in bytes.
    private let unfinishedSizeMax: UInt64

    /// How long a connection may bring none at all; nil for as long as it likes.
    private let silenceMax: Duration?

    /// Twice the workers that may take part, or a share of the descriptors that the process may
    /// have.
    private let connectionCountMax: Int

    private struct Connection {
        var receivedSize: UInt64 = 0
        var hasDelivered = false
        var hasEverDelivered = false
        var firstLook: Duration?
    }

    private var connections: [Int32: Connection] = [:]
    private var nextLook = Duration.zero

    /// Watches no connection yet.
    ///
    /// - Parameters:
    ///   - descriptorShare: connections may have this part of the process's descriptors: a half, a
    ///     quarter.
    ///   - unfinishedSizeMax: what a connection may bring without a whole message, in bytes; twice
    ///     what may wait to be read, such as `highWaterMark` gradients of 247 kB.
    ///   - silenceMax: how long a connection may bring none at all; nil for as long as it likes.
    init(
        descriptorShare: Int = 2,
        unfinishedSizeMax: UInt64 = 32 << 20,
        silenceMax: Duration? = nil
    ) {
        self.unfinishedSizeMax = unfinishedSizeMax
        self.silenceMax = silenceMax
        connectionCountMax = min(
            2 * JoinLimit.workerCountMax,
            Self.processDescriptorCountMax / descriptorShare
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
        connections[descriptor]?.hasEverDelivered = true
    }

    /// The connections to end, and why; none unless it is time to look.
    mutating func overfullConnections(at now: Duration) -> [(Int32, ForeignMessage)] {
        guard nextLook <= now else { return [] }
        nextLook = now + Self.period
        return connections.keys.compactMap { descriptor in
            if isOverfull(descriptor) { return (descriptor, .endless) }
            return isTooSilent(descriptor, at: now) ? (descriptor, .silence) : nil
        }
    }

    private mutating func isTooSilent(_ descriptor: Int32, at now: Duration) -> Bool {
        guard let silenceMax, let connection = connections[descriptor],
            !connection.hasEverDelivered
        else { return false }
        guard let firstLook = connection.firstLook else {
            connections[descriptor]?.firstLook = now
            return false
        }
        return now - firstLook > silenceMax
    }

    private mutating func isOverfull(_ descriptor: Int32) -> Bool {
        guard let size = Self.receivedSize(over: descriptor),
            let connection = connections[descriptor]
        else { return false }
        if connection.hasDelivered {
            connections[descriptor]?.receivedSize = size
            connections[descriptor]?.hasDelivered = false
            return false
        }
        // Less than before: the descriptor is another connection's by now.
        return size > connection.receivedSize
            && size - connection.receivedSize > unfinishedSizeMax
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
