import Foundation

/// Secrets that came in variables of the environment.
///
/// They are taken out of it before anything else happens, for whatever this process starts would
/// inherit them, and /proc/PID/environ shows a process's first environment as long as it lives.
enum EnvironmentSecret {
    /// A coordinator's key; nil if there was none.
    static var coordinatorKey: String? { taken["LOCKSTEP_COORDINATOR_KEY"] }

    /// A worker's key; nil if there was none.
    static var workerKey: String? { taken["LOCKSTEP_WORKER_KEY"] }

    /// What opens the live page; nil if there was none.
    static var dashboardToken: String? { taken["LOCKSTEP_DASHBOARD_TOKEN"] }

    /// Takes them out of the environment.
    ///
    /// To be called at the start, while no other thread reads the environment.
    static func take() { _ = taken }

    private static let taken: [String: String] = {
        var taken: [String: String] = [:]
        for name in [
            "LOCKSTEP_COORDINATOR_KEY", "LOCKSTEP_WORKER_KEY", "LOCKSTEP_DASHBOARD_TOKEN",
        ] {
            guard let text = getenv(name) else { continue }
            taken[name] = String(cString: text)
            // Unsetting a variable only forgets where it is.
            memset(text, 0, strlen(text))
            unsetenv(name)
        }
        return taken
    }()
}
