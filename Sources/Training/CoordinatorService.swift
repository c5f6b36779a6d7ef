import Checkpoints
package import Hosting
package import NetworkTransport
import Services
import Synchronization
import TrainingDriver
package import ZeroMQ

/// The coordinator as a service: starts its driver, and has it end in good order when asked to.
package final class CoordinatorService: Service {
    /// The address that workers connect to.
    package let endpoint: String

    private let payloadPort: Int?
    private let stop: StopRequest
    private let supervision: Supervision
    private let driver: Mutex<Confined<(Driver, any RunObserver)>?>
    private let result = Mutex<RunResult?>(nil)

    private typealias Driver = CoordinatorDriver<
        NetworkCoordinatorTransport, LeNetNumbers,
        RunCheckpoints<LeNetNumbers, CheckpointWriter>, CoordinatorProfiler
    >

    /// Takes the run, the transport that its workers come to, and who watches the process.
    ///
    /// - Parameter sliceCountMax: how many slices of time workers keep for a trace.
    /// - Throws: `ZeroMQError` when the process has no descriptors left.
    package init(
        _ run: Run,
        over bound: BoundTransport,
        sliceCountMax: Int = 0,
        observer: any RunObserver,
        supervision: Supervision
    ) throws(ZeroMQError) {
        stop = try StopRequest()
        let clock = CoordinatorProfiler(sliceCountMax: sliceCountMax)
        let numbers = LeNetNumbers(run, clock: clock, sliceCountMax: sliceCountMax)
        numbers.observer = observer
        let driver = Driver(
            run.start,
            numbers,
            over: bound.transport,
            keeper: run.checkpoints,
            clock: clock,
            observer: observer
        )
        run.checkpoints.checkpointWasHandled = { observer.checkpointWasHandled($0) }
        endpoint = bound.endpoint
        payloadPort = bound.payloadPort
        self.supervision = supervision
        self.driver = Mutex(Confined(value: (driver, observer)))
    }

    /// Serves until the run is complete, or until the group shuts down or is cancelled.
    ///
    /// - Throws: `ZeroMQError` when libzmq fails in a way that no run survives.
    package func run() async throws {
        let result = try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await onOwnThread(named: "coordinator") { try self.serve() }
            } onGracefulShutdown: {
                self.stop.make()
            }
        } onCancel: {
            self.stop.make()
        }
        self.result.withLock { $0 = result }
    }

    private func serve() throws -> RunResult {
        let (driver, observer) = takeDriver()
        observer.runWillStart(endpoint: endpoint, payloadPort: payloadPort)
        try driver.serve(until: stop, supervision)
        return RunResult(of: driver)
    }

    /// The driver and who follows it; the driver ends with the call that takes it: its transport is
    /// closed then, and a socket file removed.
    private func takeDriver() -> (Driver, any RunObserver) {
        guard let driver = driver.withLock({ $0.take() }) else {
            preconditionFailure("a coordinator service runs once")
        }
        return driver.value
    }

    /// How the run ended; nil before it has.
    package var runResult: RunResult? { result.withLock { $0 } }
}

/// A value that moves to the one thread that uses it from then on.
struct Confined<Value>: @unchecked Sendable {
    let value: Value
}
