package import Hosting
package import Kernels
package import Keys
package import Logging
package import NetworkTransport
import Services
import Synchronization
import TrainingDriver
package import TrainingProtocol
import Transport
package import ZeroMQ

/// A relay as a service: starts its driver, and has it leave in good order when asked to.
package final class RelayService: Service {
    /// The address that workers connect to.
    package let endpoint: String

    private let stop: StopRequest
    private let supervision: Supervision
    private let driver: Mutex<Confined<Driver>?>
    private let result = Mutex<(outcome: Worker.Outcome, searchReason: String)?>(nil)

    private typealias Driver = RelayDriver<
        RemoteWorkerTransport, NetworkCoordinatorTransport, LeNetRelayNumbers, WorkerProfiler
    >

    /// Starts to look for the coordinator at `address`, and takes the transport that workers come
    /// to.
    ///
    /// - Throws: when the address is malformed.
    package init(
        connectingTo address: String,
        key: WorkerKey? = nil,
        over bound: BoundTransport,
        settings: Relay.Settings,
        kernels: KernelSet,
        supervision: Supervision,
        logger: Logger
    ) throws(ZeroMQError) {
        stop = try StopRequest()
        endpoint = bound.endpoint
        self.supervision = supervision
        var random = SystemRandomNumberGenerator()
        let worker = WorkerID(rawValue: random.next())
        var logger = logger
        logger[metadataKey: "relay"] = "\(worker)"
        let above = try RemoteWorkerTransport.connectingRemotely(
            to: address,
            as: worker,
            key: key,
            in: Context()
        )
        let driver = Driver(
            LeNetRelayNumbers(kernels: kernels),
            from: above,
            to: bound.transport,
            settings: settings,
            joinLimit: JoinLimit(),
            clock: WorkerProfiler(),
            observer: RelayLog(logger, supervision)
        )
        self.driver = Mutex(Confined(value: driver))
    }

    /// Serves until the run is over, or until the group shuts down or is cancelled.
    ///
    /// - Throws: `ZeroMQError` when libzmq fails in a way that no relay survives.
    package func run() async throws {
        let end = try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await onOwnThread(named: "relay") { try self.serve() }
            } onGracefulShutdown: {
                self.stop.make()
            }
        } onCancel: {
            self.stop.make()
        }
        result.withLock { $0 = end }
    }

    private func serve() throws -> (Worker.Outcome, String) {
        guard let driver = driver.withLock({ $0.take() })?.value else {
            preconditionFailure("a relay service runs once")
        }
        let outcome = try driver.serve(until: stop, supervision)
        return (outcome, driver.above.searchReason)
    }

    /// How the relay ended; nil before it has.
    package var outcome: Worker.Outcome? { result.withLock { $0?.outcome } }

    /// Why the coordinator was not found when it was looked for last, to go on a sentence.
    package var searchReason: String { result.withLock { $0?.searchReason } ?? "" }
}

/// Waits for both transports' sources, and has the driver deal with what they bring.
extension RelayDriver where Above: PolledTransport, Below: PolledTransport {
    fileprivate func serve(
        until stop: StopRequest,
        _ supervision: Supervision
    ) throws -> Worker.Outcome {
        var watchdog = Watchdog(supervision)
        var poller = Poller()
        above.add(to: &poller)
        below.add(to: &poller)
        let stopIndex = poller.add(stop.wakeUp)
        while true {
            if let outcome { return outcome }
            watchdog.beat(at: clock.now)
            above.update(&poller)
            below.update(&poller)
            _ = try poller.poll(timeout: watchdog.timeout(until: deadline, at: clock.now))
            let isStopped = poller.readiness(at: stopIndex) != [] && stop.wakeUp.drain()
            try turn(isToLeave: isStopped)
        }
    }
}

/// Says what happens to a relay: to its log, and to whoever watches the process.
private final class RelayLog: RelayObserver {
    private let logger: Logger
    private let supervision: Supervision

    init(_ logger: Logger, _ supervision: Supervision) {
        self.logger = logger
        self.supervision = supervision
    }

    func searchGoesOn(_ line: String) { logger.notice("\(line)") }

    func didJoin() {
        logger.info("joined the run")
        supervision.notifier?.status("relaying for a run")
        supervision.health.isNow(ready: true, "relaying for a run")
    }

    func didNotice(_ notice: Coordinator.Notice) {
        switch notice {
        case .workerJoined(let worker, let count):
            logger.info("worker \(worker) joined; \(count) now")
        case .workerLost(let worker, _, let count):
            logger.notice("worker \(worker) is gone; \(count) now")
        case .workerRefused(let worker, let version):
            logger.warning(
                "worker \(worker) speaks version \(version) of the protocol where \(protocolVersion) was expected; install the same version of Lockstep on both"
            )
        case .roundOverdue(_, _, let debts):
            let workers = debts.map { "\($0.worker)" }.joined(separator: ", ")
            logger.warning("a round takes much longer than usual, for what is owed by \(workers)")
        case .waitingForWorkers, .workersSpare, .workerDistrusted, .stepsInDoubt: break
        }
    }

    func didReceiveForeignBytes(reason: String) { logger.warning("\(reason)") }
}
