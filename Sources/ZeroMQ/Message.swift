import CZeroMQ

/// One frame.
///
/// A value that is moved, never copied; its bytes are freed when it ends, by libzmq once it has
/// been handed over. libzmq itself moves frames by copying the 64 bytes of `zmq_msg_t`, so a frame
/// may live anywhere.
public struct Message: ~Copyable {
    /// libzmq's record of it.
    var raw: zmq_msg_t

    /// Makes a frame of no bytes.
    public init() {
        raw = zmq_msg_t()
        zmq_msg_init(&raw)
    }

    /// Makes a frame of `size` bytes and has `fill` write them.
    ///
    /// The bytes are not initialized before.
    ///
    /// - Precondition: there is memory for it.
    public init(size: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        raw = zmq_msg_t()
        let outcome = zmq_msg_init_size(&raw, size)
        precondition(outcome == 0, "no memory for a frame of \(size) bytes")
        fill(UnsafeMutableRawBufferPointer(start: zmq_msg_data(&raw), count: size))
    }

    /// Makes a frame that holds a copy of `bytes`.
    public init(copying bytes: UnsafeRawBufferPointer) {
        self.init(size: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// Makes a frame that holds a copy of `bytes`.
    public init(copying bytes: some Collection<UInt8>) {
        self.init(size: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Makes a frame of bytes that belong to `owner`, without copying them.
    ///
    /// The owner is retained until libzmq has sent or dropped the frame, which it may do on its
    /// I/O thread long after `send` returned. Until the owner is uniquely referenced again
    /// (`isKnownUniquelyReferenced`), nobody may write to the bytes: keep two such buffers and
    /// fill the one that is free.
    ///
    /// - Precondition: `bytes` stay where they are, and as they are, for as long as `owner` lives
    ///   or is shared.
    public init(sharing bytes: UnsafeRawBufferPointer, of owner: some AnyObject & Sendable) {
        raw = zmq_msg_t()
        let retained = Unmanaged.passRetained(owner as AnyObject)
        let outcome = zmq_msg_init_data(
            &raw,
            UnsafeMutableRawPointer(mutating: bytes.baseAddress),
            bytes.count,
            { _, owner in Unmanaged<AnyObject>.fromOpaque(owner!).release() },
            retained.toOpaque()
        )
        precondition(outcome == 0, "no memory for a frame of \(bytes.count) shared bytes")
    }

    /// Takes over a frame that libzmq has initialized.
    init(adopting raw: zmq_msg_t) {
        self.raw = raw
    }

    deinit {
        var raw = raw
        zmq_msg_close(&raw)
    }

    /// The count of its bytes.
    public var size: Int {
        withUnsafePointer(to: raw) { zmq_msg_size($0) }
    }

    /// Lends the bytes for as long as `body` runs.
    ///
    /// Small received frames start at any address, odd ones too: use `loadUnaligned`, or copy.
    /// Frames over 8 KiB start at a multiple of 8.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafePointer(to: raw) { (raw) throws(Failure) in try body(frameBytes(raw)) }
    }

    /// A received frame is followed by another one of the same message.
    var hasMore: Bool {
        withUnsafePointer(to: raw) { zmq_msg_more($0) } != 0
    }

    /// Gives the frame up without freeing it; its new owner does.
    consuming func relinquish() -> zmq_msg_t {
        let raw = self.raw
        discard self
        return raw
    }
}

/// The bytes of a frame in place; small frames hold them within `zmq_msg_t` itself.
func frameBytes(_ raw: UnsafePointer<zmq_msg_t>) -> UnsafeRawBufferPointer {
    // zmq_msg_data(3) reads only, but is not declared so.
    let start = zmq_msg_data(UnsafeMutablePointer(mutating: raw))
    return UnsafeRawBufferPointer(start: start, count: zmq_msg_size(raw))
}
