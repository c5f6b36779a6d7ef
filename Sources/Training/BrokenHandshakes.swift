import ZeroMQ

/// Tells a coordinator that another key belongs to from one that is slow.
///
/// libzmq says the same of both: a handshake was broken off. To who cannot read its greeting a
/// coordinator closes the connection at once; a slow one lets the handshake's time run out.
struct BrokenHandshakes {
    /// Broken off at once, in a row.
    private var count = 0
    private var connection: ContinuousClock.Instant?

    /// A coordinator that dies breaks off one; the next finds nobody, or its successor.
    private static let countMax = 3
    /// Well below the time that coordinators give a handshake.
    private static let duration = handshakeInterval / 2

    /// Takes what the connection met with, and tells whether it leads to a stranger.
    mutating func showStranger(_ kind: MonitorEvent.Kind, at now: ContinuousClock.Instant) -> Bool {
        switch kind {
        case .connected: connection = now
        case .handshakeSucceeded: count = 0
        case .handshakeFailed:
            if let connection, now - connection < Self.duration { count += 1 }
        default: break
        }
        return count >= Self.countMax
    }
}
