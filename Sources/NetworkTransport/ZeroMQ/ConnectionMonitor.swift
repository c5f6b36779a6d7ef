import Glibc
import ZeroMQ

/// Follows the connections of a router: which have ended, which are to end, and how many have
/// brought nothing.
struct ConnectionMonitor: ~Copyable {
    private var monitor: Monitor
    /// What the connections bring.
    var watch: ConnectionWatch
    /// How many have ended without a message, and were not told of yet.
    private var knockCount = 0

    /// Follows a socket that is not bound yet.
    init(of socket: borrowing Socket, _ watch: ConnectionWatch) throws(ZeroMQError) {
        monitor = try Monitor(of: socket)
        self.watch = watch
    }

    /// Has a poller wake for changes.
    func add(to poller: inout Poller) { _ = poller.add(monitor) }

    /// Takes the descriptor of the next connection that has ended, if there is one.
    mutating func nextEnd() throws(ZeroMQError) -> Int32? {
        while let event = try monitor.next() {
            let descriptor = Int32(truncatingIfNeeded: event.value)
            if event.kind == .accepted { watch.noteBeginning(of: descriptor) }
            guard event.kind == .disconnected else { continue }
            if watch.noteEnd(of: descriptor) { knockCount += 1 }
            return descriptor
        }
        for descriptor in watch.surplusConnections() { Self.end(descriptor) }
        return nil
    }

    /// Ends the connections that bring what is no message, and returns what has come to nothing.
    mutating func endOverfull(at now: Duration) -> [RejectedMessage] {
        let overfull = watch.overfullConnections(at: now)
        guard knockCount > 0 || !overfull.isEmpty else { return [] }
        defer { knockCount = 0 }
        for (descriptor, _) in overfull { Self.end(descriptor) }
        return Array(repeating: .knock, count: knockCount) + overfull.map(\.1)
    }

    /// Ends a connection beneath libzmq, which cannot end a single one of a router: it takes this
    /// for the other side's doing and closes its own end.
    ///
    /// Should the descriptor belong to another connection by now, a worker loses it and comes
    /// again.
    static func end(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
