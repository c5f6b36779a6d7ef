import Foundation
import Hosting
import Logging
import ServiceLifecycle

/// Runs services until they are done or a signal asks for the end.
struct ServiceRun {
    /// Where the services' group says what it does, at level trace and debug.
    let logger: Logger
    /// Who hears that the process has begun to end.
    let supervision: Supervision

    /// Runs the services as one group.
    ///
    /// A later signal ends the process at once, also while the last checkpoint is still being
    /// written. What a service throws after a signal is a consequence of it: a worker that got the
    /// terminal's Ctrl-C before it could be told to leave.
    ///
    /// - Parameters:
    ///   - ignored: signals that another process acts upon.
    ///   - hangUp: what the end of the terminal means.
    /// - Returns: the watch that saw the signals, if any came.
    /// - Throws: what a service throws.
    func run(
        _ services: [ServiceGroupConfiguration.ServiceConfiguration],
        ignoring ignored: Set<Int32> = [],
        hangUp: SignalWatch.HangUp = .ends
    ) async throws -> SignalWatch {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .critical)
        let group = ServiceGroup(configuration: .init(services: services, logger: quiet))
        let watch = SignalWatch()
        try watch.start(ignoring: ignored, hangUp: hangUp) { [supervision] in
            supervision.notifier?.stopping()
            Task { await group.triggerGracefulShutdown() }
        }
        do {
            try await group.run()
        } catch {
            guard watch.exitCode != nil else { throw error }
            logger.info("while ending: \(error)")
        }
        return watch
    }
}
