internal import SeededRandom

/// One flat buffer of all the network's parameters, zero at first.
///
/// It begins 16 bytes behind a 64-byte boundary. The weights of the widest fully connected layer,
/// 10,288 bytes behind its start, then begin at one, and so does each of their rows of 1,600 bytes:
/// no vector of them crosses a cache line.
///
/// Parameters, gradients and Adam's moments are all this. It is `@unchecked Sendable` because it is
/// memory without locks: whoever holds it may hand it to another thread or to a socket, and from
/// then on until it comes back only that one may write it. Any number may read it while nobody
/// writes.
package final class ParameterBuffer: @unchecked Sendable {
    /// The parameters in the order of the network's `tensors`.
    package let floats: UnsafeMutableBufferPointer<Float>
    /// The bytes of the convolutions' parameters, and of the fully connected layers'.
    package let segments: [Range<Int>]

    /// Bytes of the largest buffer, that of most classes, in memory that is cut into pages of 4,096
    /// bytes.
    package static let pagedSizeMax: Int = {
        let most = LeNet(classCount: LeNet.classCounts.upperBound).parameterCount
        return (lead + most * MemoryLayout<Float>.stride + 4_095) / 4_096 * 4_096
    }()

    /// Bytes before the first float.
    private static let lead = 16

    private static func segments(_ count: Int) -> [Range<Int>] {
        let (middle, end) = (LeNet.convolutionsRange.upperBound * 4, count * 4)
        return [0..<middle, middle..<end]
    }

    /// Whose memory it is; nil where the buffer owns it.
    private let owner: AnyObject?

    /// Allocates a buffer of zeros for a network's parameters.
    package convenience init(of network: LeNet = .digits) {
        self.init(count: network.parameterCount)
    }

    /// Allocates a buffer of `count` zeros.
    package init(count: Int) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: Self.lead + count * MemoryLayout<Float>.stride,
            alignment: 64
        )
        let start = (memory + Self.lead).initializeMemory(
            as: Float.self,
            repeating: 0,
            count: count
        )
        floats = UnsafeMutableBufferPointer(start: start, count: count)
        segments = Self.segments(count)
        owner = nil
    }

    /// Names memory that belongs to `owner`, which lives as long as the buffer.
    ///
    /// - Precondition: there are `pagedSizeMax` bytes at `memory`, at a 64-byte boundary.
    package init(at memory: UnsafeMutableRawPointer, of owner: AnyObject, count: Int) {
        precondition(Int(bitPattern: memory) % 64 == 0, "a buffer at \(memory)")
        floats = UnsafeMutableBufferPointer(
            start: (memory + Self.lead).assumingMemoryBound(to: Float.self),
            count: count
        )
        segments = Self.segments(count)
        self.owner = owner
    }

    deinit {
        if owner == nil { (UnsafeMutableRawPointer(start) - Self.lead).deallocate() }
    }

    /// The same memory as bytes.
    package var bytes: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(floats) }

    /// The address of the first float.
    package var start: UnsafeMutablePointer<Float> {
        guard let address = floats.baseAddress else {
            preconditionFailure("a buffer of \(floats.count) floats has no address")
        }
        return address
    }

    /// How many parameters it has.
    package var count: Int { floats.count }

    /// Takes over all values of another buffer.
    ///
    /// - Precondition: both have as many parameters.
    package func copy(from other: ParameterBuffer) {
        precondition(other.count == count, "\(other.count) parameters for \(count)")
        start.update(from: other.start, count: count)
    }
}

extension ParameterBuffer {
    /// The parameters that training begins with: weights Glorot uniform, biases zero.
    ///
    /// Each weight is uniform in ±√(6 / (fan-in + fan-out)) (Glorot & Bengio 2010, equation 16).
    /// Tensor k of the table draws from stream 2³² + k of the seed, so that no other use of the
    /// seed meets it and no tensor's size shifts another's numbers.
    package static func initial(
        seed: UInt64,
        of network: LeNet = .digits
    ) -> ParameterBuffer {
        let buffer = ParameterBuffer(of: network)
        for (index, tensor) in network.tensors.enumerated() where tensor.fanIn > 0 {
            var random = RandomStream(seed: seed, stream: 1 << 32 + UInt64(index))
            let limit = (6 / Float(tensor.fanIn + tensor.fanOut)).squareRoot()
            for position in tensor.range {
                buffer.floats[position] = (2 * random.uniformFloat() - 1) * limit
            }
        }
        return buffer
    }
}
