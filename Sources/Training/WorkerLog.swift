import Hosting
import Logging
import TrainingDriver
import TrainingProtocol

/// Says what happens to a worker: to its log, and to whoever watches the process.
final class WorkerLog: WorkerObserver {
    private let logger: Logger
    private let supervision: Supervision

    /// Will tell both.
    init(_ logger: Logger, _ supervision: Supervision) {
        self.logger = logger
        self.supervision = supervision
    }

    func willLookForCoordinator() {
        supervision.health.isNow(ready: false, "looking for the coordinator")
    }

    func searchGoesOn(_ line: String) { logger.notice("\(line)") }

    func didJoin() {
        logger.info("joined the run")
        supervision.notifier?.status("computing for a run")
        supervision.health.isNow(ready: true, "computing for a run")
    }

    func inputIsUnknown(_ input: InputSettings) {
        logger.error(
            "joining: the coordinator brings images in by '\(input.geometry)' and '\(input.scale)', which this build does not know; use the same version on both sides"
        )
    }

    func payloadPortDidOpen(_ port: Int) {
        logger.info("payloads go sealed through the coordinator's port \(port)")
    }

    func payloadPortDidFail(_ port: Int, reason: String) {
        logger.notice(
            "opening the coordinator's payload port \(port): \(reason) where sealed payloads were expected; all goes through the first connection, which takes longer: let the port through, or start the coordinator with --payload-port"
        )
    }

    func didReceiveForeignBytes(reason: String) { logger.warning("\(reason)") }
}
