import Glibc

/// Tells systemd, or whatever else started this process and watches it, by sd_notify(3)'s protocol
/// how far the process has come.
///
/// A line is one datagram to the socket that `NOTIFY_SOCKET` names. Nobody waits for an answer, and
/// where nobody listens the run goes on.
package struct SystemdNotifier: Sendable {
    /// How often a sign of life is due: half the watchdog's patience, as sd_watchdog_enabled(3)
    /// advises; nil without a watchdog.
    package let signOfLifePeriod: Duration?

    private let socketName: String

    /// Reads what systemd has put into the environment: `NOTIFY_SOCKET`, a path, or `@` and a name
    /// that is in no folder; `WATCHDOG_USEC`; and `WATCHDOG_PID`, the process that is watched.
    ///
    /// - Returns: nil where nothing listens.
    package init?(environment: [String: String]) {
        guard let socketName = environment["NOTIFY_SOCKET"],
            socketName.hasPrefix("/") || socketName.hasPrefix("@")
        else { return nil }
        self.socketName = socketName
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        let patience = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
        signOfLifePeriod = isMeant && patience > 1 ? .microseconds(patience / 2) : nil
    }

    /// Says that the process does what it was started for.
    package func ready(_ status: String) { say("READY=1\nSTATUS=\(status)") }

    /// Says in a few words what the process is doing.
    package func status(_ status: String) { say("STATUS=\(status)") }

    /// Says that the process has begun to end.
    package func stopping() { say("STOPPING=1") }

    /// Says that the process is alive.
    package func signOfLife() { say("WATCHDOG=1") }

    private func say(_ text: String) {
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        let nameOffset = MemoryLayout<sa_family_t>.size
        guard name.count < MemoryLayout<sockaddr_un>.size - nameOffset else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let addressSize = socklen_t(nameOffset + name.count)
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor,
                    bytes,
                    bytes.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
                    $0,
                    addressSize
                )
            }
        }
    }
}
