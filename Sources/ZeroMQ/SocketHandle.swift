import CZeroMQ

/// Holds libzmq's handle of a socket for the socket itself and for whoever polls it.
///
/// It outlives the socket where a poller still names it, closed, so that polling a closed socket
/// traps instead of touching freed memory. Not thread-safe.
final class SocketHandle {
    let context: Context

    /// How many monitors the socket has had; each needs an address of its own.
    var monitorCount = 0

    /// Whether there may be something that the descriptor does not show: libzmq clears it when it
    /// takes note of an event, even within a call for something else, and not when a message is
    /// taken.
    var mayBeReady = true

    /// Whether a poller found nothing here, and nothing was done with the socket since.
    var isQuiet = false

    private var openHandle: UnsafeMutableRawPointer?

    init(_ context: Context, type: Int32) throws(ZeroMQError) {
        guard let handle = zmq_socket(context.handle, type) else {
            throw .lastCall("make a ZeroMQ socket")
        }
        self.context = context
        openHandle = handle
    }

    var isOpen: Bool { openHandle != nil }

    /// For any call into libzmq.
    ///
    /// - Precondition: the socket is open.
    var raw: UnsafeMutableRawPointer {
        guard let openHandle else { preconditionFailure("use of a closed socket") }
        mayBeReady = true
        isQuiet = false
        return openHandle
    }

    /// What becomes readable with the socket's next event; see `mayBeReady`.
    func fileDescriptor() throws(ZeroMQError) -> Int32 {
        try option(ZMQ_FD)
    }

    /// What can be done with the socket now: zmq_poll(3)'s bits.
    func events() throws(ZeroMQError) -> Int32 {
        try option(ZMQ_EVENTS)
    }

    private func option(_ name: Int32) throws(ZeroMQError) -> Int32 {
        var value: Int32 = 0
        var size = MemoryLayout<Int32>.size
        guard zmq_getsockopt(raw, name, &value, &size) == 0 else {
            throw .lastCall("wait for messages")
        }
        return value
    }

    func close() {
        guard let openHandle else { return }
        // Closing goes on in libzmq's threads, which would wait for ever for a monitor that is gone
        // to take what happens to the last connections.
        if monitorCount > 0 { zmq_socket_monitor(openHandle, nil, 0) }
        zmq_close(openHandle)
        self.openHandle = nil
    }

    deinit { close() }
}
