import Glibc
import Transport

/// Watches what connections bring, for libzmq bounds the size of a frame but not how many of them a
/// message has: one that never ends would fill the memory.
///
/// Tells which connections to end: those that have brought more than waiting messages can be since
/// their last whole one, those that bring none at all where each has to, and those of strangers
/// beyond what the process has descriptors for.
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

    /// Those that may have brought nothing so far: half of them.
    let strangerCountMax: Int

    private struct Connection {
        let address: RemoteAddress?
        var receivedSize: UInt64 = 0
        var hasDelivered = false
        var hasEverDelivered = false
        var firstLook: Duration?
    }

    private var connections: [Int32: Connection] = [:]
    private var strangers = Strangers()
    /// Those that were to be ended, and have not yet.
    private var ending: Set<Int32> = []
    /// When to look next.
    private(set) var nextLook = Duration.zero

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
        strangerCountMax = connectionCountMax / 2
    }

    /// The descriptors that the process may have.
    static var processDescriptorCountMax: Int {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return isKnown ? Int(clamping: limit.rlim_cur) : 1_024
    }

    /// Notes a connection.
    mutating func noteBeginning(of descriptor: Int32) {
        let address = RemoteAddress(ofConnection: descriptor)
        connections[descriptor] = Connection(address: address)
        ending.remove(descriptor)
        strangers.insert(descriptor, from: address?.place ?? .nowhere)
    }

    /// Notes the end of a connection, and tells whether it has brought nothing at all.
    mutating func noteEnd(of descriptor: Int32) -> Bool {
        strangers.remove(descriptor)
        ending.remove(descriptor)
        guard let connection = connections.removeValue(forKey: descriptor) else { return false }
        return !connection.hasEverDelivered
    }

    /// Notes that a whole message has come over a connection.
    mutating func noteMessage(over descriptor: Int32) {
        guard connections[descriptor]?.hasDelivered == false else { return }
        connections[descriptor]?.hasDelivered = true
        connections[descriptor]?.hasEverDelivered = true
        strangers.remove(descriptor)
    }

    /// Notes that a worker has come over a connection: more may come from there.
    mutating func noteWorker(over descriptor: Int32) {
        if let address = connections[descriptor]?.address { strangers.know(address.place) }
    }

    /// The connections to end so that there is room for others. To be asked for once all that has
    /// happened is noted: the fewer descriptors have changed hands by then, the better.
    mutating func surplusConnections() -> [Int32] {
        var surplus: [Int32] = []
        while strangers.count > strangerCountMax
            || connections.count - ending.count > connectionCountMax
        {
            let descriptor = strangers.removeOne { descriptor in
                TransferredBytes.received(over: descriptor).map { $0 > Self.greetingSize } ?? false
            }
            guard let descriptor else { break }
            surplus.append(descriptor)
            ending.insert(descriptor)
        }
        // One that has ended meanwhile, and whose descriptor is another's, needs no end.
        return surplus.filter { connections[$0]?.address == RemoteAddress(ofConnection: $0) }
    }

    /// What ZeroMQ begins with, in bytes; what follows it under CURVE shows that the coordinator's
    /// key is known.
    private static let greetingSize: UInt64 = 64

    /// The connections to end, and why; none unless it is time to look.
    mutating func overfullConnections(at now: Duration) -> [(Int32, RejectedMessage)] {
        guard nextLook <= now else { return [] }
        nextLook = now + Self.period
        return connections.keys.compactMap { descriptor in
            let reason: RejectedMessage? =
                isOverfull(descriptor)
                ? .endless : isTooSilent(descriptor, at: now) ? .silence : nil
            guard let reason else { return nil }
            // It is told of now, and not again at its end.
            connections[descriptor]?.hasEverDelivered = true
            return (descriptor, reason)
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
        guard let size = TransferredBytes.received(over: descriptor),
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
}
