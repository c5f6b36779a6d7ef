import Glibc
package import Subprocess

extension TerminationStatus {
    /// How a process ended, in words: `exit code 1`, or `signal 9 (killed)`.
    package var words: String {
        switch self {
        case .exited(let code):
            return "exit code \(code)"
        case .signaled(let number):
            let name = strsignal(number).map { String(cString: $0).lowercased() } ?? "unknown"
            return "signal \(number) (\(name))"
        }
    }
}

extension SubprocessError {
    /// Why a process could not be started or watched, in the system's words where it has some.
    package var reason: String {
        if code == .executableNotFound { return "no such program" }
        return underlyingError.map { "\($0)" } ?? "no reason given"
    }
}
