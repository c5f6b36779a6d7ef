import Glibc
import ServiceLifecycle
import ZeroMQ

/// Answers `/healthz` and `/readyz` over HTTP, on a thread of its own.
///
/// A few lines instead of a server: each connection gets one short answer. Whoever sends slowly,
/// much or nothing loses its connection after a while, and the oldest goes when there are many.
package final class HealthListener: Service {
    /// The port, which the system chose where 0 was asked for.
    package let port: UInt16

    private let descriptor: Int32
    private let answers: HealthAnswers
    private let stop: StopRequest
    private let patience: Duration

    /// Listens; answers come once it runs.
    ///
    /// - Parameters:
    ///   - address: where.
    ///   - health: what is asked for.
    ///   - patience: how long a caller may take.
    /// - Throws: `HealthError` when the address cannot be had, `ZeroMQError` when the process has
    ///   no descriptors left.
    package init(
        at address: HealthAddress,
        health: Health,
        patience: Duration = .seconds(2)
    ) throws {
        self.patience = patience
        stop = try StopRequest()
        (descriptor, port) = try address.listen()
        answers = HealthAnswers(health: health)
        health.willBeAskedFor()
    }

    deinit { close(descriptor) }

    /// Answers until the group shuts down or is cancelled.
    ///
    /// - Throws: when waiting fails.
    package func run() async throws {
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await onOwnThread(named: "health") { try self.serve() }
            } onGracefulShutdown: {
                self.stop.make()
            }
        } onCancel: {
            self.stop.make()
        }
    }

    /// One who asks.
    private struct Caller {
        let descriptor: Int32
        let deadline: ContinuousClock.Instant
        var head: [UInt8] = []
    }

    private static let callerCountMax = 64

    private func serve() throws(ZeroMQError) {
        var callers: [Caller] = []
        defer { for caller in callers { close(caller.descriptor) } }
        while true {
            var poller = Poller()
            _ = poller.add(stop.wakeUp)
            let listenerIndex = poller.add(fileDescriptor: descriptor)
            let indices = callers.map { poller.add(fileDescriptor: $0.descriptor) }
            _ = try poller.poll(
                timeout: callers.map(\.deadline).min().map { max($0 - .now, .zero) }
            )
            if stop.wakeUp.drain() { return }
            let now = ContinuousClock.now
            var waiting: [Caller] = []
            for (var caller, index) in zip(callers, indices) {
                let isDone = poller.readiness(at: index) != [] && hear(&caller)
                if isDone || caller.deadline <= now {
                    close(caller.descriptor)
                } else {
                    waiting.append(caller)
                }
            }
            callers = waiting
            if poller.readiness(at: listenerIndex) != [] { accept(into: &callers) }
        }
    }

    private func accept(into callers: inout [Caller]) {
        if callers.count == Self.callerCountMax { close(callers.removeFirst().descriptor) }
        let accepted = Glibc.accept(descriptor, nil, nil)
        if accepted >= 0 {
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
            callers.append(Caller(descriptor: accepted, deadline: .now + patience))
        } else if errno == EMFILE || errno == ENFILE {
            // It stays ready until a descriptor is free: do not turn in circles meanwhile.
            usleep(100_000)
        }
    }

    /// Reads what has come, and answers once it is a request.
    ///
    /// - Returns: true when there is no more to say.
    private func hear(_ caller: inout Caller) -> Bool {
        let count = withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { buffer in
            let count = recv(caller.descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { caller.head += buffer[..<count] }
            return count
        }
        guard count > 0 else { return count == 0 || (errno != EAGAIN && errno != EINTR) }
        let isTooLong = caller.head.count > HealthAnswers.headSizeMax
        guard HealthAnswers.isComplete(caller.head) || isTooLong else { return false }
        let answer = answers.answer(to: caller.head)
        // A few hundred bytes: an empty socket takes them at once.
        send(caller.descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
        shutdown(caller.descriptor, Int32(SHUT_WR))
        return true
    }
}
