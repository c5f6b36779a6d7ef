import CZeroMQ
import Glibc

/// What a socket or a file descriptor is waited for, or is ready for.
public struct Readiness: OptionSet, Sendable {
    /// poll(2)'s bits.
    public let rawValue: Int16

    /// Makes a set of poll(2)'s bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// There is something to receive.
    public static let readable = Readiness(rawValue: Int16(POLLIN))
    /// Something can be sent; a router always claims so.
    public static let writable = Readiness(rawValue: Int16(POLLOUT))
    /// A file descriptor has failed or its other end is closed. Always reported.
    public static let failed = Readiness(rawValue: Int16(POLLERR))
}

/// Waits for sockets and file descriptors at once.
///
/// A loop adds its sources once and polls in its loop, which allocates nothing. A source is
/// named by its index, in the order of adding. Not thread-safe; belongs to its sockets' thread.
///
/// It does what zmq_poll(3) does with fewer system calls: that asks the system for each socket,
/// twice over, before it waits. A socket that was left without anything to receive, and without a
/// call since, has nothing that its descriptor does not show.
public struct Poller: ~Copyable {
    /// What is waited for and what was found, by the index of the source.
    private var interests: [Readiness] = []
    private var found: [Readiness] = []
    /// What the system is asked, a socket's descriptor in its place.
    private var descriptors: [pollfd] = []
    /// The sockets among the sources.
    private var handles: [SocketHandle?] = []

    /// Makes one without sources.
    public init() {}

    /// Adds a socket and returns its index.
    public mutating func add(
        _ socket: borrowing Socket,
        interest: Readiness = .readable
    ) -> Int {
        add(nil, -1, interest)
        let index = handles.count - 1
        setSocket(socket, at: index)
        return index
    }

    /// Adds a monitor and returns its index.
    public mutating func add(_ monitor: borrowing Monitor) -> Int {
        add(monitor.socket)
    }

    /// Adds an authenticator and returns its index.
    public mutating func add(_ authenticator: Authenticator) -> Int {
        add(authenticator.socket)
    }

    /// Adds a wake-up and returns its index. The caller keeps it alive.
    public mutating func add(_ wakeUp: WakeUp) -> Int {
        add(fileDescriptor: wakeUp.fileDescriptor)
    }

    /// Adds a file descriptor and returns its index. The caller keeps it open.
    public mutating func add(
        fileDescriptor: Int32,
        interest: Readiness = .readable
    ) -> Int {
        add(nil, fileDescriptor, interest)
        return handles.count - 1
    }

    private mutating func add(
        _ handle: SocketHandle?,
        _ fileDescriptor: Int32,
        _ interest: Readiness
    ) {
        handles.append(handle)
        interests.append(interest)
        found.append([])
        descriptors.append(pollfd(fd: fileDescriptor, events: interest.rawValue, revents: 0))
    }

    /// Puts another file descriptor in the place of a source; -1 is never ready.
    ///
    /// - Precondition: there is such a source.
    package mutating func setFileDescriptor(_ fileDescriptor: Int32, at index: Int) {
        handles[index] = nil
        found[index] = []
        descriptors[index] = pollfd(
            fd: fileDescriptor,
            events: interests[index].rawValue,
            revents: 0
        )
    }

    /// Puts a socket in the place of a source.
    ///
    /// - Precondition: there is such a source.
    package mutating func setSocket(_ socket: borrowing Socket, at index: Int) {
        guard handles[index] !== socket.handle else { return }
        handles[index] = socket.handle
        found[index] = []
        // Each socket has one, from its beginning to its end.
        let fileDescriptor = (try? socket.handle.fileDescriptor()) ?? -1
        descriptors[index] = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
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
    public func readiness(at index: Int) -> Readiness { found[index] }

    /// Waits until a source is ready or the time is over, and returns how many are ready.
    ///
    /// The timeout is rounded up to whole milliseconds, so a deadline has passed when it is over;
    /// `nil` waits for ever. Signals do not end the wait.
    ///
    /// - Precondition: no socket among the sources is closed.
    /// - Throws: when the context is closing.
    public mutating func poll(timeout: Duration?) throws(ZeroMQError) -> Int {
        for index in found.indices {
            precondition(handles[index]?.isOpen ?? true, "a closed socket is polled")
            found[index] = []
        }
        let start = ContinuousClock.now
        var remaining = timeout
        repeat {
            for index in handles.indices where handles[index]?.mayBeReady == true {
                try look(at: index)
            }
            let milliseconds = remaining.map { min($0.wholeMilliseconds, Int(Int32.max)) } ?? -1
            if try wait(isAnyReady ? 0 : milliseconds) { try note() }
            if let timeout { remaining = timeout - (ContinuousClock.now - start) }
        } while !isAnyReady && remaining.map { $0 > .zero } ?? true
        for index in handles.indices
        where found[index] == [] && interests[index].contains(.readable) {
            handles[index]?.isQuiet = true
        }
        return found.count { $0 != [] }
    }

    private var isAnyReady: Bool { found.contains { $0 != [] } }
}

extension Poller {
    /// Asks the system, for at most this number of milliseconds, and tells whether it answered: a
    /// signal may come between.
    private mutating func wait(_ milliseconds: Int) throws(ZeroMQError) -> Bool {
        let count = Glibc.poll(&descriptors, UInt(descriptors.count), Int32(milliseconds))
        guard count < 0 else { return true }
        guard errno == EINTR else {
            throw .callFailed(operation: "wait for messages", code: errno)
        }
        return false
    }

    /// Takes note of what the system told.
    private mutating func note() throws(ZeroMQError) {
        for index in descriptors.indices where descriptors[index].revents != 0 {
            if handles[index] == nil {
                let bits = Readiness(rawValue: descriptors[index].revents)
                // A closed end, or a descriptor that is none, has failed too.
                found[index] = bits.intersection([.readable, .writable])
                if !bits.isSubset(of: [.readable, .writable]) { found[index].insert(.failed) }
            } else if found[index] == [] {
                try look(at: index)
            }
        }
    }

    /// Asks libzmq what a socket is ready for.
    private mutating func look(at index: Int) throws(ZeroMQError) {
        guard let handle = handles[index] else { return }
        let events = try handle.events()
        var ready: Readiness = []
        if events & ZMQ_POLLIN != 0 { ready.insert(.readable) }
        if events & ZMQ_POLLOUT != 0 { ready.insert(.writable) }
        found[index] = ready.intersection(interests[index])
        handle.mayBeReady = ready.contains(.readable) || found[index] != []
    }
}
