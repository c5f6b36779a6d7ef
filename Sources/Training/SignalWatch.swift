import Synchronization
package import UnixSignals

/// Turns signals into an orderly end: the first asks for it, the second ends the process at once.
package final class SignalWatch: Sendable {
    private let received = Mutex<Int32?>(nil)

    /// Has seen no signal yet.
    package init() {}

    /// Watches until its task is cancelled.
    ///
    /// - Parameters:
    ///   - signals: those that ask for the end.
    ///   - ignored: those that another process acts upon.
    ///   - shutDown: called for the first signal.
    ///   - exit: called for the second signal with the exit code; it does not return.
    package func run(
        signals: [UnixSignal] = [.sigint, .sigterm],
        ignored: [UnixSignal] = [],
        shutDown: @Sendable () async -> Void,
        exit: @Sendable (Int32) -> Void
    ) async {
        for await signal in await UnixSignalsSequence(trapping: signals + ignored) {
            guard !ignored.contains(signal) else { continue }
            let isFirst = received.withLock { received in
                defer { received = received ?? signal.rawValue }
                return received == nil
            }
            if isFirst { await shutDown() } else { exit(128 + signal.rawValue) }
        }
    }

    /// The exit code that the shell's convention gives: 128 and the number of the first signal; nil
    /// where none came.
    package var exitCode: Int32? { received.withLock { $0 }.map { 128 + $0 } }
}
