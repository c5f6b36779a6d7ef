internal import CSignals
import Glibc
import Synchronization

/// Turns signals into an orderly end: the first asks for it, a later one ends the process at once,
/// and so does the time when the end takes too long.
///
/// It has a thread of its own and no descriptors: whatever else stands still, signals are heard.
package final class SignalWatch: Sendable {
    /// What the end of a terminal, SIGHUP, means.
    package enum HangUp: Sendable {
        /// To end, unless nohup(1) or the like has it ignored.
        case ends
        /// Nothing.
        case passes
        /// To do something else.
        case does(@Sendable () -> Void)
    }

    private let received = Mutex<Int32?>(nil)

    /// Has seen no signal yet.
    package init() {}

    /// Watches from now on, as long as the process lives.
    ///
    /// - Parameters:
    ///   - ignored: signals that another process acts upon.
    ///   - hangUp: what SIGHUP means.
    ///   - shutDown: called for the first signal.
    /// - Throws: ``ThreadError`` when the system gives no thread.
    package func start(
        ignoring ignored: Set<Int32> = [],
        hangUp: HangUp = .ends,
        shutDown: @escaping @Sendable () -> Void
    ) throws(ThreadError) {
        try startThread(named: "signals", stackSize: 1 << 18) {
            self.watch(hangUp: hangUp, shutDown: shutDown)
        }
        for number in [SIGINT, SIGTERM] {
            if ignored.contains(number) { ignoreSignal(number) } else { signals_catch(number) }
        }
        switch hangUp {
        case .ends: if signals_is_ignored(SIGHUP) == 0 { signals_catch(SIGHUP) }
        case .passes: ignoreSignal(SIGHUP)
        case .does: signals_catch(SIGHUP)
        }
    }

    private func watch(hangUp: HangUp, shutDown: @Sendable () -> Void) {
        var rule = EndRule()
        let start = ContinuousClock.now
        while true {
            let now = ContinuousClock.now - start
            let milliseconds = rule.deadline.map { max(0, ($0 - now) / .milliseconds(1)) }
            let number = signals_next(milliseconds.map { Int64($0) } ?? -1)
            if number == 0 {
                let seconds = EndRule.patience.components.seconds
                Self.endAtOnce("ending in good order took more than \(seconds) s", exitCode ?? 1)
            }
            if number == SIGHUP, case .does(let act) = hangUp {
                act()
                continue
            }
            switch rule.decision(at: ContinuousClock.now - start) {
            case .end:
                received.withLock { $0 = number }
                shutDown()
            case .pass:
                continue
            case .endAtOnce:
                Self.endAtOnce("a second signal, \(Self.name(of: number)), came", 128 + number)
            }
        }
    }

    private static func endAtOnce(_ cause: String, _ exitCode: Int32) -> Never {
        LocalProcesses.killAll()
        printAtOnce("lockstep: \(cause): stopped at once")
        _exit(exitCode)
    }

    private static func name(of number: Int32) -> String {
        switch number {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        default: "SIGHUP"
        }
    }

    /// The exit code that the shell's convention gives: 128 and the number of the first signal; nil
    /// where none came.
    package var exitCode: Int32? { received.withLock { $0 }.map { 128 + $0 } }
}
