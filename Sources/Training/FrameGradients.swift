import Model
import TrainingProtocol

/// Gradients that come over ZeroMQ, in one frame or their fully connected segment ahead of the
/// rest.
///
/// Belongs to the coordinator's thread.
struct FrameGradients {
    private let buffers = BufferPool()
    /// The segment that each worker has sent ahead, at most one.
    private var early: [WorkerID: (work: Work, gradient: ParameterBuffer)] = [:]

    /// The gradient that a message brings, aligned; nil if its payload is none.
    ///
    /// That of an early segment has nothing but this segment yet; the answer fills the same buffer.
    ///
    /// - Parameter keepsEarly: whether an early segment is taken, and kept until its answer comes.
    mutating func gradient(
        of message: WorkerMessage,
        from worker: WorkerID,
        _ bytes: UnsafeRawBufferPointer,
        keepsEarly: Bool = true
    ) -> ParameterBuffer? {
        let (convolutions, fullyConnected) = (LeNet.segments[0].bytes, LeNet.segments[1].bytes)
        switch message {
        case .earlySegment(let work, _) where keepsEarly && bytes.count == fullyConnected.count:
            let gradient = buffers.take()
            gradient.write(bytes, at: fullyConnected)
            early[worker] = (work, gradient)
            return gradient
        case .answer(let work, _) where work.round.isTraining:
            let begun = early.removeValue(forKey: worker)
            if bytes.count == convolutions.count, let begun, begun.work == work {
                begun.gradient.write(bytes, at: convolutions)
                return begun.gradient
            }
            let gradient = buffers.take()
            guard bytes.count == gradient.bytes.count else { return nil }
            gradient.write(bytes, at: 0..<bytes.count)
            return gradient
        case .answer, .earlySegment, .hello, .heartbeat, .goodbye:
            return nil
        }
    }

    /// Drops what a lost worker has sent ahead.
    mutating func forget(_ worker: WorkerID) { early[worker] = nil }
}

extension LeNet.Segment {
    /// The segment's bytes in the flat buffer.
    var bytes: Range<Int> { range.lowerBound * 4..<range.upperBound * 4 }
}

extension ParameterBuffer {
    /// Copies bytes from any address to a place of the flat buffer.
    fileprivate func write(_ source: UnsafeRawBufferPointer, at place: Range<Int>) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[place]).copyMemory(from: source)
    }
}
