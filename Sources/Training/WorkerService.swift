package import Hosting
package import Kernels
package import Keys
package import Logging
import NetworkTransport
import Services
import Synchronization
import TrainingDriver
package import TrainingProtocol
import Transport
package import ZeroMQ

/// A worker as a service: starts its driver, and has it leave in good order when asked to.
package final class WorkerService: Service {
    private let stop: StopRequest
    private let supervision: Supervision
    private let driver: Mutex<Confined<Driver>?>
    private let endsWithStandardInput: Bool
    private let result = Mutex<(outcome: Worker.Outcome, searchReason: String)?>(nil)

    private typealias Driver = WorkerDriver<
        NetworkWorkerTransport, LeNetWorkerNumbers, WorkerProfiler
    >

    /// Starts to look for the coordinator.
    ///
    /// - Parameters:
    ///   - endpoint: the coordinator's address.
    ///   - key: what it proves itself with; nil for a connection in the open.
    ///   - settings: how the worker behaves in time.
    ///   - kernels: the arithmetic.
    ///   - endsWithStandardInput: leave when standard input ends, because the process that started
    ///     this one is gone.
    ///   - simulatedDuration: how long to sleep a shard instead of computing, for benchmarks; nil
    ///     for real work.
    ///   - supervision: who watches the process.
    ///   - logger: where the worker says what happens to it.
    /// - Throws: when the address is malformed.
    package init(
        endpoint: String,
        key: WorkerKey? = nil,
        settings: Worker.Settings,
        kernels: KernelSet,
        endsWithStandardInput: Bool,
        simulatedDuration: Duration? = nil,
        supervision: Supervision,
        logger: Logger
    ) throws(ZeroMQError) {
        stop = try StopRequest()
        self.supervision = supervision
        var random = SystemRandomNumberGenerator()
        let worker = WorkerID(rawValue: random.next())
        var logger = logger
        logger[metadataKey: "worker"] = "\(worker)"
        let transport = try NetworkWorkerTransport.connecting(
            to: endpoint,
            as: worker,
            key: key,
            in: Context()
        )
        let clock = WorkerProfiler()
        let driver = Driver(
            LeNetWorkerNumbers(
                kernels: kernels,
                simulatedDuration: simulatedDuration,
                clock: clock
            ),
            over: transport,
            settings: settings,
            clock: clock,
            observer: WorkerLog(logger, supervision)
        )
        self.driver = Mutex(Confined(value: driver))
        self.endsWithStandardInput = endsWithStandardInput
    }

    /// Serves until the run is over, or until the group shuts down or is cancelled.
    ///
    /// - Throws: `ZeroMQError` when libzmq fails in a way that no worker survives.
    package func run() async throws {
        let endsWithStandardInput = endsWithStandardInput
        let end = try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await onOwnThread(named: "worker") {
                    let driver = self.takeDriver()
                    let outcome = try driver.serve(
                        until: self.stop,
                        endsWithStandardInput: endsWithStandardInput,
                        self.supervision
                    )
                    return (outcome, driver.transport.searchReason)
                }
            } onGracefulShutdown: {
                self.stop.make()
            }
        } onCancel: {
            self.stop.make()
        }
        result.withLock { $0 = end }
    }

    /// The driver, which ends with the call that takes it: its transport is closed then, and has
    /// sent what it had to.
    private func takeDriver() -> Driver {
        guard let driver = driver.withLock({ $0.take() }) else {
            preconditionFailure("a worker service runs once")
        }
        return driver.value
    }

    /// How the worker ended; nil before it has.
    package var outcome: Worker.Outcome? { result.withLock { $0?.outcome } }

    /// Why the coordinator was not found when it was looked for last, to go on a sentence.
    package var searchReason: String { result.withLock { $0?.searchReason } ?? "" }
}
