import ServiceLifecycle
import Synchronization
package import ZeroMQ

/// The coordinator as a service: starts its loop, and has it end in good order when asked to.
package final class CoordinatorService: Service {
    /// The address that workers connect to.
    package let endpoint: String

    private let stop: StopRequest
    private let loop: Mutex<Confined<CoordinatorLoop>?>
    private let result = Mutex<RunResult?>(nil)

    /// Binds the coordinator's socket.
    ///
    /// - Throws: `ZeroMQError` when the address is malformed, in use or not of this machine.
    package init(
        _ run: CoordinatedRun,
        endpoint: String,
        observer: any RunObserver
    ) throws(ZeroMQError) {
        stop = try StopRequest()
        let loop = try CoordinatorLoop(run, endpoint: endpoint, observer: observer, stop: stop)
        self.endpoint = loop.endpoint
        self.loop = Mutex(Confined(value: loop))
    }

    /// Serves until the run is complete, or until the group shuts down or is cancelled.
    ///
    /// - Throws: `ZeroMQError` when libzmq fails in a way that no run survives.
    package func run() async throws {
        guard let loop = loop.withLock({ $0.take() }) else {
            preconditionFailure("a coordinator service runs once")
        }
        let result = try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await onOwnThread(named: "coordinator") { try loop.value.serve() }
            } onGracefulShutdown: {
                self.stop.make()
            }
        } onCancel: {
            self.stop.make()
        }
        self.result.withLock { $0 = result }
    }

    /// How the run ended; nil before it has.
    package var runResult: RunResult? { result.withLock { $0 } }
}

/// A value that moves to the one thread that uses it from then on.
struct Confined<Value>: @unchecked Sendable {
    let value: Value
}
