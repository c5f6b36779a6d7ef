import Arithmetic
package import Model
package import TrainingProtocol

/// Puts gradients together that come in frames, sealed by us or not: in one, or the fully connected
/// segment ahead of the rest.
///
/// Shared by the transports that carry frames, for the two parts may come over one each. Belongs to
/// the coordinator's thread.
package final class GradientAssembler {
    private let buffers: BufferPool
    private let (convolutions, fullyConnected): (Range<Int>, Range<Int>)
    /// What a frame can hold: a gradient, or a segment of one.
    private let ranges: [Range<Int>]
    /// The segment that each worker has sent ahead, at most one.
    private var early: [WorkerID: (work: Work, gradient: ParameterBuffer)] = [:]

    /// Where a payload lies that has the size of a gradient or of a segment of one.
    package struct Place {
        fileprivate let buffer: ParameterBuffer
        fileprivate let range: Range<Int>

        /// Its bytes in the flat buffer.
        package var bytes: UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[range])
        }
    }

    /// Has nothing yet of a network's gradients.
    package init(of network: LeNet = .digits) {
        buffers = BufferPool(count: network.parameterCount)
        let segments = network.segments.map(\.bytes)
        (convolutions, fullyConnected) = (segments[0], segments[1])
        ranges = [0..<fullyConnected.upperBound] + segments
    }

    /// Where a payload of `size` bytes may go that nobody has looked at yet; nil if no gradient
    /// or segment has that size.
    package func place(ofSize size: Int) -> Place? {
        ranges.first { $0.count == size }.map { Place(buffer: buffers.take(), range: $0) }
    }

    /// The gradient that a message brings, aligned; nil if its payload is none.
    ///
    /// - Parameter keepsEarly: whether an early segment is taken, and kept until its answer comes.
    package func gradient(
        of message: WorkerMessage,
        from worker: WorkerID,
        _ bytes: UnsafeRawBufferPointer,
        keepsEarly: Bool = true
    ) -> ParameterBuffer? {
        if case .earlySegment = message, !keepsEarly { return nil }
        guard let place = place(ofSize: bytes.count) else { return nil }
        place.bytes.copyMemory(from: bytes)
        return gradient(of: message, from: worker, at: place)
    }

    /// The gradient that a message brings whose payload is at its place already.
    ///
    /// That of an early segment has nothing but this segment yet; the answer fills the same buffer.
    package func gradient(
        of message: WorkerMessage,
        from worker: WorkerID,
        at place: Place
    ) -> ParameterBuffer? {
        switch message {
        case .earlySegment(let work, _) where place.range == fullyConnected:
            early[worker] = (work, place.buffer)
            return place.buffer
        case .answer(let work, _) where work.round.isTraining:
            let begun = early.removeValue(forKey: worker)
            if place.range.count == place.buffer.bytes.count { return place.buffer }
            guard place.range == convolutions, let begun, begun.work == work else { return nil }
            UnsafeMutableRawBufferPointer(rebasing: begun.gradient.bytes[convolutions])
                .copyMemory(from: UnsafeRawBufferPointer(place.bytes))
            return begun.gradient
        case .answer, .earlySegment, .hello, .heartbeat, .goodbye:
            return nil
        }
    }

    /// Drops what a lost worker has sent ahead.
    package func forget(_ worker: WorkerID) { early[worker] = nil }
}

extension LeNet.Segment {
    /// The segment's bytes in the flat buffer.
    package var bytes: Range<Int> { range.lowerBound * 4..<range.upperBound * 4 }
}
