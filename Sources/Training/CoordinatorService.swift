package import Hosting
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

    /// Takes the run, the socket that its workers come to, and who watches the process.
    ///
    /// - Throws: `ZeroMQError` when the process has no descriptors left.
    package init(
        _ run: CoordinatedRun,
        socket: consuming CoordinatorSocket,
        observer: any RunObserver,
        supervision: Supervision
    ) throws(ZeroMQError) {
        stop = try StopRequest()
        let loop = CoordinatorLoop(
            run,
            socket: socket,
            observer: observer,
            supervision: supervision,
            stop: stop
        )
        self.endpoint = loop.endpoint
        self.loop = Mutex(Confined(value: loop))
    }

    /// Serves until the run is complete, or until the group shuts down or is cancelled.
    ///
    /// - Throws: `ZeroMQError` when libzmq fails in a way that no run survives.
    package func run() async throws {
        let result = try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await onOwnThread(named: "coordinator") { try self.takeLoop().serve() }
            } onGracefulShutdown: {
                self.stop.make()
            }
        } onCancel: {
            self.stop.make()
        }
        self.result.withLock { $0 = result }
    }

    /// The loop, which ends with the call that takes it: its socket is closed then, and a socket
    /// file removed.
    private func takeLoop() -> CoordinatorLoop {
        guard let loop = loop.withLock({ $0.take() }) else {
            preconditionFailure("a coordinator service runs once")
        }
        return loop.value
    }

    /// How the run ended; nil before it has.
    package var runResult: RunResult? { result.withLock { $0 } }
}

/// A value that moves to the one thread that uses it from then on.
struct Confined<Value>: @unchecked Sendable {
    let value: Value
}
