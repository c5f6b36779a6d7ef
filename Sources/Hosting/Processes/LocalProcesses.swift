package import Glibc
import Synchronization

/// The processes that this one has started and not seen end: none outlives it, not even a frozen
/// one.
package enum LocalProcesses {
    private static let identifiers = Mutex<Set<pid_t>>([])

    /// Keeps one in mind while `body` waits for its end.
    package static func held<Value>(
        _ identifier: pid_t,
        while body: () async -> Value
    ) async -> Value {
        identifiers.withLock { _ = $0.insert(identifier) }
        defer { identifiers.withLock { _ = $0.remove(identifier) } }
        return await body()
    }

    /// Kills all of them.
    static func killAll() {
        for identifier in identifiers.withLock({ $0 }) { kill(identifier, SIGKILL) }
    }
}
