import CZeroMQ

/// Holds the frames of one message, to be sent or as received, in storage that is used again.
///
/// A loop keeps one for sending and one for receiving: then neither allocates for the frames'
/// records. Not thread-safe.
public struct Multipart: ~Copyable {
    /// The most frames it holds; what a received message has beyond is dropped.
    public let frameCountMax: Int

    /// The count of the frames it holds.
    public private(set) var frameCount = 0

    /// How many frames of the received message found no room; above zero, the message is not one
    /// that was expected.
    public private(set) var droppedFrameCount = 0

    /// The frames' records; the first `frameCount` are initialized.
    private let frames: UnsafeMutablePointer<zmq_msg_t>

    /// Makes an empty one.
    ///
    /// - Precondition: `frameCountMax` is positive.
    public init(frameCountMax: Int = 8) {
        precondition(frameCountMax > 0, "a message of at most \(frameCountMax) frames")
        self.frameCountMax = frameCountMax
        frames = .allocate(capacity: frameCountMax)
    }

    deinit {
        for index in 0..<frameCount { zmq_msg_close(frames + index) }
        frames.deallocate()
    }

    /// Frees all frames.
    public mutating func removeAll() {
        for index in 0..<frameCount { zmq_msg_close(frames + index) }
        frameCount = 0
        droppedFrameCount = 0
    }

    /// Adds a frame at the end.
    ///
    /// - Precondition: there is room.
    public mutating func append(_ frame: consuming Message) {
        precondition(frameCount < frameCountMax, "a frame beyond the \(frameCountMax)")
        (frames + frameCount).initialize(to: frame.relinquish())
        frameCount += 1
    }

    /// The count of the bytes of a frame.
    ///
    /// - Precondition: there is such a frame.
    public func frameSize(at index: Int) -> Int {
        zmq_msg_size(frame(at: index))
    }

    /// Lends the bytes of a frame for as long as `body` runs.
    ///
    /// Small received frames start at any address, odd ones too: use `loadUnaligned`, or copy.
    /// Frames over 8 KiB start at a multiple of 8.
    ///
    /// - Precondition: there is such a frame.
    public func withFrame<Result, Failure: Error>(
        at index: Int,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(frameBytes(frame(at: index)))
    }

    /// The descriptor of the connection that a received frame came over, as the socket's monitor
    /// names it; nil if it came over none. It may be closed, or another connection's, by now.
    ///
    /// - Precondition: there is such a frame.
    package func sourceDescriptor(at index: Int) -> Int32? {
        let descriptor = zmq_msg_get(frame(at: index), ZMQ_SRCFD)
        return descriptor < 0 ? nil : descriptor
    }

    /// The key under which the sender of a received message was let in; nil without encryption.
    ///
    /// - Precondition: there is such a frame.
    public func senderKey(at index: Int) -> CurveKey? {
        guard let text = zmq_msg_gets(frame(at: index), "User-Id") else { return nil }
        return CurveKey(text: String(cString: text))
    }

    /// Moves a frame out and leaves one of no bytes in its place.
    ///
    /// - Precondition: there is such a frame.
    public mutating func takeFrame(at index: Int) -> Message {
        let place = frame(at: index)
        let taken = place.move()
        place.initialize(to: zmq_msg_t())
        zmq_msg_init(place)
        return Message(adopting: taken)
    }

    /// Adds a received frame at the end, or drops and counts it where there is no room.
    mutating func appendOrDrop(_ frame: consuming Message) {
        if frameCount < frameCountMax {
            append(frame)
        } else {
            droppedFrameCount += 1
        }
    }

    /// The record of a frame, for libzmq.
    func frame(at index: Int) -> UnsafeMutablePointer<zmq_msg_t> {
        precondition(index >= 0 && index < frameCount, "frame \(index) of \(frameCount)")
        return frames + index
    }
}
