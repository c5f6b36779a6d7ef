import CZeroMQ

/// Holds libzmq's handle of a socket for the socket itself and for whoever polls it.
///
/// It outlives the socket where a poller still names it, closed, so that polling a closed socket
/// traps instead of touching freed memory. Not thread-safe.
final class SocketHandle {
    let context: Context

    /// How many monitors the socket has had; each needs an address of its own.
    var monitorCount = 0

    private var openHandle: UnsafeMutableRawPointer?

    init(_ context: Context, type: Int32) throws(ZeroMQError) {
        guard let handle = zmq_socket(context.handle, type) else {
            throw .lastCall("make a ZeroMQ socket")
        }
        self.context = context
        openHandle = handle
    }

    var isOpen: Bool { openHandle != nil }

    /// - Precondition: the socket is open.
    var raw: UnsafeMutableRawPointer {
        guard let openHandle else { preconditionFailure("use of a closed socket") }
        return openHandle
    }

    func close() {
        guard let openHandle else { return }
        zmq_close(openHandle)
        self.openHandle = nil
    }

    deinit { close() }
}
