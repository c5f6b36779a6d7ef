import Foundation
import Hosting
import Logging
import Services

/// Runs services until they are done or a signal asks for the end.
struct ServiceRun {
    /// Where it says what went wrong while all ended.
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
        _ services: [ServiceGroup.Member],
        ignoring ignored: Set<Int32> = [],
        hangUp: SignalWatch.HangUp = .ends
    ) async throws -> SignalWatch {
        let group = ServiceGroup(services)
        let watch = SignalWatch()
        try watch.start(ignoring: ignored, hangUp: hangUp) { [supervision] in
            supervision.notifier?.stopping()
            group.triggerGracefulShutdown()
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
