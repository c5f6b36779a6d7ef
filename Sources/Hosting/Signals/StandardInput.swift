import Glibc
import Services
package import ZeroMQ

/// Standard input as a sign of life: it ends with the process that holds its other end.
package enum StandardInput {
    /// Reads what it has to say, which means nothing, and tells whether that was its end.
    package static func hasEnded() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            read(STDIN_FILENO, buffer.baseAddress, buffer.count) <= 0
        }
    }

    /// How long a process may take to leave once the one that started it is gone.
    private static let leaveMax: UInt32 = 1

    /// Ends the process soon after its standard input, whatever else it does or fails to do then.
    ///
    /// - Throws: ``ThreadError`` when the system gives no thread.
    package static func endProcessAfterItsEnd() throws(ThreadError) {
        try startThread(named: "end of input", stackSize: 1 << 18) {
            // Somebody else reads what comes.
            var waiting = pollfd(fd: STDIN_FILENO, events: pollReadHangUp, revents: 0)
            while poll(&waiting, 1, -1) < 1 {}
            sleep(leaveMax)
            LocalProcesses.killAll()
            _exit(128 + SIGTERM)
        }
    }

    /// Ends when standard input does, or when it is asked to.
    package struct Watch: Service {
        private let stop: StopRequest

        /// Will watch.
        ///
        /// - Throws: when the process has no descriptors left.
        package init() throws(ZeroMQError) { stop = try StopRequest() }

        /// Watches.
        ///
        /// - Throws: when waiting fails.
        package func run() async throws {
            let stop = stop
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await onOwnThread(named: "standard input") { try Self.wait(for: stop) }
                } onGracefulShutdown: {
                    stop.make()
                }
            } onCancel: {
                stop.make()
            }
        }

        private static func wait(for stop: StopRequest) throws(ZeroMQError) {
            var poller = Poller()
            _ = poller.add(stop.wakeUp)
            let inputIndex = poller.add(fileDescriptor: STDIN_FILENO)
            while !stop.wakeUp.drain() {
                _ = try poller.poll(timeout: nil)
                if poller.readiness(at: inputIndex) != [], hasEnded() { return }
            }
        }
    }
}

/// poll(2)'s POLLRDHUP, which glibc declares for GNU sources alone.
private let pollReadHangUp: Int16 = 0x2000
