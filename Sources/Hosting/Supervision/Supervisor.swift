import Glibc

/// What started this process and watches it, such as systemd: it is told by sd_notify(3)'s protocol
/// how far the
/// process has come.
///
/// A line is one datagram to the socket that `NOTIFY_SOCKET` names. Nobody waits for an answer, and
/// a supervisor that does not listen is none of the run's concern.
package struct Supervisor: Sendable {
    /// The one of this process; nil where nothing supervises it.
    package static let ofProcess = Supervisor(
        socketName: variable("NOTIFY_SOCKET"),
        watchdogMicroseconds: variable("WATCHDOG_USEC"),
        watchdogProcess: variable("WATCHDOG_PID")
    )

    /// How often a sign of life is due: half the watchdog's patience, as sd_watchdog_enabled(3)
    /// advises; nil without a watchdog.
    package let signOfLifePeriod: Duration?

    private let socketName: String

    /// Reads what the supervisor has put into the environment.
    ///
    /// - Parameters:
    ///   - socketName: `NOTIFY_SOCKET`, a path, or `@` and a name that is in no folder.
    ///   - watchdogMicroseconds: `WATCHDOG_USEC`.
    ///   - watchdogProcess: `WATCHDOG_PID`, the process that is watched.
    package init?(socketName: String?, watchdogMicroseconds: String?, watchdogProcess: String?) {
        guard let socketName, socketName.hasPrefix("/") || socketName.hasPrefix("@") else {
            return nil
        }
        self.socketName = socketName
        let isMeant = watchdogProcess.map { $0 == String(getpid()) } ?? true
        let patience = watchdogMicroseconds.flatMap(Int64.init) ?? 0
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

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

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

/// A loop's signs of life to the supervisor, and to those who ask for its health: it is the loop
/// itself that shows that it turns.
package struct Pulse {
    private let supervisor: Supervisor?
    private let health: Health
    private let period: Duration?
    private var nextDeadline: Duration?

    /// Of a loop that is at time zero.
    package init(supervisor: Supervisor? = .ofProcess, health: Health = .ofProcess) {
        self.supervisor = supervisor
        self.health = health
        period = [supervisor?.signOfLifePeriod, health.signOfLifePeriod].compactMap { $0 }.min()
        nextDeadline = period.map { _ in .zero }
    }

    /// How long the loop may wait at `now`: until its own `deadline`, or until the next sign is
    /// due.
    package func timeout(until deadline: Duration?, at now: Duration) -> Duration? {
        guard let next = nextDeadline.map({ min($0, deadline ?? $0) }) ?? deadline else {
            return nil
        }
        return max(next - now, .zero)
    }

    /// Gives a sign if one is due.
    package mutating func beat(at now: Duration) {
        guard let period, let deadline = nextDeadline, deadline <= now else { return }
        if let supervisor, supervisor.signOfLifePeriod != nil { supervisor.signOfLife() }
        health.beat()
        nextDeadline = now + period
    }
}
