import Foundation
import Logging
import ServiceLifecycle
import Training
import UnixSignals

/// Runs services until they are done or a signal asks for the end.
struct ServiceRun {
    /// Where the services' group says what it does, at level trace and debug.
    let logger: Logger

    /// Runs the services as one group.
    ///
    /// - Returns: the watch that saw the signals, if any came.
    /// A second signal ends the process at once, also later, while the last checkpoint is still
    /// being written. What a service throws after a signal is a consequence of it: a worker that
    /// got the terminal's Ctrl-C before it could be told to leave.
    ///
    /// - Throws: what a service throws.
    func run(
        _ services: [ServiceGroupConfiguration.ServiceConfiguration],
        ignoring ignored: [UnixSignal] = []
    ) async throws -> SignalWatch {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .critical)
        let group = ServiceGroup(configuration: .init(services: services, logger: quiet))
        let watch = SignalWatch()
        Task {
            await watch.run(
                signals: [.sigint, .sigterm].filter { !ignored.contains($0) },
                ignored: ignored,
                shutDown: {
                    Supervisor.ofProcess?.stopping()
                    await group.triggerGracefulShutdown()
                },
                exit: { _exit($0) }
            )
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
