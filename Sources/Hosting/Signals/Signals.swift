internal import CSignals
import Glibc

/// What a process does about signals that have nothing to do with its work.
package enum Signals {
    /// For every command: SIGQUIT ends the process at once and says so in a line, and a file that
    /// grows beyond the limit of setrlimit(2) fails to be written, like one on a full disk.
    package static func prepare(saysWhy: Bool) {
        signals_end_at_quit(saysWhy ? "lockstep: SIGQUIT came: stopped at once\n" : "")
        ignoreSignal(SIGXFSZ)
    }

    /// For what must go on when nobody reads its output any more: that fails to be written, like
    /// one to a full disk.
    package static func outliveReaders() { ignoreSignal(SIGPIPE) }

    /// For what the end of a terminal does not end, from its first moment on.
    package static func outliveTerminal() { ignoreSignal(SIGHUP) }
}

/// Ignores a signal; a program started from here does so too unless that is undone.
func ignoreSignal(_ number: Int32) { signal(number, SIG_IGN) }

/// Prints a line to standard error, unless that has no room: then a process that is to end at once
/// would wait.
func printAtOnce(_ line: String) {
    var waiting = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, 0) == 1 else { return }
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}
