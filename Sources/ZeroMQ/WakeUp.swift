import CZeroMQ
import Glibc

/// Wakes a thread that polls, from any other thread.
///
/// Signals before a drain merge into one.
public final class WakeUp: Sendable {
    /// What to poll for reading.
    let fileDescriptor: Int32

    /// Makes one that is not signalled.
    ///
    /// - Throws: when the process has no descriptors left.
    public init() throws(ZeroMQError) {
        // eventfd(2): reads and writes never wait, and no child process inherits it.
        fileDescriptor = eventfd(0, O_CLOEXEC | O_NONBLOCK)
        guard fileDescriptor >= 0 else {
            throw .callFailed(operation: "make a wake-up", code: errno)
        }
    }

    deinit { close(fileDescriptor) }

    /// Makes the poll return, now or when it is entered next.
    public func signal() {
        // The only possible failure is a count near 2⁶⁴: then it is signalled anyway.
        eventfd_write(fileDescriptor, 1)
    }

    /// Resets it and tells whether it had been signalled.
    @discardableResult
    public func drain() -> Bool {
        var count: eventfd_t = 0
        return eventfd_read(fileDescriptor, &count) == 0
    }
}
