import CZeroMQ

/// Owns the I/O threads that carry the frames of its sockets.
///
/// Every socket retains its context, so the context ends when the last of them has closed; since
/// every socket has a finite linger time, ending cannot hang on messages nobody fetches (libzmq's
/// own default waits for ever). One context is enough for a process. Safe to share among threads,
/// other than the sockets made from it.
public final class Context: Sendable {
    /// libzmq's handle; contexts are thread-safe by contract (zmq_ctx_new(3)).
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// Makes a context.
    ///
    /// - Throws: when libzmq refuses a count, or has no memory or descriptors left.
    public init(ioThreadCount: Int = 1, socketCountMax: Int? = nil) throws(ZeroMQError) {
        guard let handle = zmq_ctx_new() else { throw .lastCall("make a ZeroMQ context") }
        self.handle = handle
        try set(ZMQ_IO_THREADS, ioThreadCount, name: "I/O thread count")
        if let socketCountMax { try set(ZMQ_MAX_SOCKETS, socketCountMax, name: "socket count") }
    }

    deinit {
        // Only signals interrupt it: all sockets are closed by now.
        while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
    }

    private func set(_ option: Int32, _ value: Int, name: String) throws(ZeroMQError) {
        guard zmq_ctx_set(handle, option, Int32(clamping: value)) == 0 else {
            throw .callFailed(
                operation: "set the ZeroMQ context's \(name) to \(value)",
                code: zmq_errno()
            )
        }
    }
}
