import CZeroMQ
import Glibc

/// What a socket or a file descriptor is waited for, or is ready for.
package struct Readiness: OptionSet, Sendable {
    /// zmq_poll(3)'s bits.
    package let rawValue: Int16

    /// Makes a set of zmq_poll(3)'s bits.
    package init(rawValue: Int16) { self.rawValue = rawValue }

    /// There is something to receive.
    package static let readable = Readiness(rawValue: Int16(ZMQ_POLLIN))
    /// Something can be sent; a router always claims so.
    package static let writable = Readiness(rawValue: Int16(ZMQ_POLLOUT))
    /// A file descriptor has failed or its other end is closed. Always reported.
    package static let failed = Readiness(rawValue: Int16(ZMQ_POLLERR))
}

/// Waits for sockets and file descriptors at once.
///
/// A service adds its sources once and polls in its loop, which allocates nothing. A source is
/// named by its index, in the order of adding. Not thread-safe; belongs to its sockets' thread.
package struct Poller: ~Copyable {
    private var items: [zmq_pollitem_t] = []

    /// The sockets among the items, so that a closed one is noticed.
    private var handles: [SocketHandle?] = []

    /// Makes one without sources.
    package init() {}

    /// Adds a socket and returns its index.
    package mutating func add(
        _ socket: borrowing Socket,
        interest: Readiness = .readable
    ) -> Int {
        handles.append(socket.handle)
        items.append(
            zmq_pollitem_t(
                socket: socket.handle.raw,
                fd: -1,
                events: interest.rawValue,
                revents: 0
            )
        )
        return items.count - 1
    }

    /// Adds a monitor and returns its index.
    package mutating func add(_ monitor: borrowing Monitor) -> Int {
        add(monitor.socket)
    }

    /// Adds an authenticator and returns its index.
    package mutating func add(_ authenticator: Authenticator) -> Int {
        add(authenticator.socket)
    }

    /// Adds a wake-up and returns its index. The caller keeps it alive.
    package mutating func add(_ wakeUp: WakeUp) -> Int {
        add(fileDescriptor: wakeUp.fileDescriptor)
    }

    /// Adds a file descriptor and returns its index. The caller keeps it open.
    package mutating func add(
        fileDescriptor: Int32,
        interest: Readiness = .readable
    ) -> Int {
        handles.append(nil)
        items.append(
            zmq_pollitem_t(
                socket: nil,
                fd: fileDescriptor,
                events: interest.rawValue,
                revents: 0
            )
        )
        return items.count - 1
    }

    /// Changes what a source is waited for; nothing mutes it.
    ///
    /// - Precondition: there is such a source.
    package mutating func setInterest(_ interest: Readiness, at index: Int) {
        items[index].events = interest.rawValue
        items[index].revents = 0
    }

    /// Puts another file descriptor in the place of a source; -1 is never ready.
    ///
    /// - Precondition: there is such a source.
    package mutating func setFileDescriptor(_ fileDescriptor: Int32, at index: Int) {
        handles[index] = nil
        items[index].socket = nil
        items[index].fd = fileDescriptor
        items[index].revents = 0
    }

    /// Puts a socket in the place of a source.
    ///
    /// - Precondition: there is such a source.
    package mutating func setSocket(_ socket: borrowing Socket, at index: Int) {
        handles[index] = socket.handle
        items[index].socket = socket.handle.raw
        items[index].fd = -1
        items[index].revents = 0
    }

    /// Puts a monitor in the place of a source.
    ///
    /// - Precondition: there is such a source.
    package mutating func setMonitor(_ monitor: borrowing Monitor, at index: Int) {
        setSocket(monitor.socket, at: index)
    }

    /// What a source was ready for when polled last.
    ///
    /// - Precondition: there is such a source.
    package func readiness(at index: Int) -> Readiness {
        Readiness(rawValue: items[index].revents)
    }

    /// Waits until a source is ready or the time is over, and returns how many are ready.
    ///
    /// The timeout is rounded up to whole milliseconds, so a deadline has passed when it is over;
    /// `nil` waits for ever. Signals do not end the wait.
    ///
    /// - Precondition: no socket among the sources is closed.
    /// - Throws: when a file descriptor is not open, or the context is closing.
    package mutating func poll(timeout: Duration?) throws(ZeroMQError) -> Int {
        for handle in handles {
            precondition(handle?.isOpen ?? true, "a closed socket is polled")
        }
        let start = ContinuousClock.now
        var remaining = timeout
        while true {
            let milliseconds = remaining.map { min($0.wholeMilliseconds, Int(Int32.max)) } ?? -1
            let readyCount = items.withUnsafeMutableBufferPointer {
                zmq_poll($0.baseAddress, Int32($0.count), milliseconds)
            }
            if readyCount >= 0 { return Int(readyCount) }
            guard zmq_errno() == EINTR else { throw .lastCall("wait for messages") }
            remaining = timeout.map { $0 - (ContinuousClock.now - start) }
        }
    }
}
