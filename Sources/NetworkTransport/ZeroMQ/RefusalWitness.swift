import Glibc
package import ZeroMQ

/// Tells a coordinator's refusal of a key from one that anybody can send.
///
/// CURVE's refusal travels in the open. Before it comes from the coordinator, the worker has sent
/// its own key, which libzmq does only once the other side has proved to hold the coordinator's
/// secret key. An impostor's comes sooner. libzmq reports both alike, so this looks at what the
/// connection has sent, through a descriptor of its own: libzmq has closed the one that it had by
/// then.
package struct RefusalWitness: ~Copyable {
    /// What ZMTP 3.1's greeting and CURVE's HELLO take, in bytes: 64, and 200 behind 2 of a frame.
    private static let beforeProofSize: UInt64 = 64 + 202

    private var descriptor: Int32 = -1
    private var isCounted = true

    /// Has seen no connection yet.
    package init() {}

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Takes what happens to the connection, and tells whether it was refused by whoever holds the
    /// coordinator's secret key.
    package mutating func isRefusal(_ event: MonitorEvent) -> Bool {
        switch event.kind {
        case .connected:
            forget()
            isCounted = event.endpoint.hasPrefix("tcp://")
            descriptor = dup(Int32(truncatingIfNeeded: event.value))
            return false
        case .handshakeAuthenticationFailed:
            defer { forget() }
            // Who may reach a socket file is the file system's to say.
            guard isCounted else { return true }
            // Without a count, the next attempt will tell.
            guard let sent = TransferredBytes.sent(over: descriptor) else { return false }
            return sent > Self.beforeProofSize
        case .handshakeSucceeded, .handshakeFailed, .handshakeProtocolFailed, .disconnected:
            forget()
            return false
        default:
            return false
        }
    }

    private mutating func forget() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
    }
}
