/// Who watches a process: systemd or the like, and those who ask for its health.
///
/// The command that runs makes one and hands it to whatever has something to tell.
package struct Supervision: Sendable {
    /// What started the process; nil where that does not listen.
    package let notifier: SystemdNotifier?
    /// What those hear who ask.
    package let health = Health()

    /// Watches with what the environment names; by nobody where it is empty.
    package init(environment: [String: String] = [:]) {
        notifier = SystemdNotifier(environment: environment)
    }
}
