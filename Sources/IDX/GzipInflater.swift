private import CISAL

/// What is wrong with a gzip stream.
package enum GzipError: Error, Equatable, CustomStringConvertible {
    /// The stream ends within a member.
    case truncated
    /// Bytes follow the last member that are no member.
    case trailingBytes
    /// A member's header, data, checksum or size is wrong; the reason says which.
    case corrupt(reason: String)

    package var description: String {
        switch self {
        case .truncated: "the gzip stream ends too early; fetch the file again"
        case .trailingBytes: "bytes follow the gzip stream; fetch the file again"
        case .corrupt(let reason): "the gzip stream is damaged (\(reason)); fetch the file again"
        }
    }
}

/// Inflates a gzip stream of one or more members piece by piece (RFC 1952).
///
/// The caller says how many bytes it wants, and no more than these are ever inflated: a stream that
/// would grow beyond what its own contents promise costs nothing. It is ISA-L that inflates, in
/// half of zlib's time.
package final class GzipInflater {
    /// ISA-L counts in 32 bits; longer inputs and outputs go through it in several calls.
    private static let callSizeMax = 1 << 30

    private let compressed: [UInt8]
    private var position = 0
    /// The size of everything that was inflated so far.
    package private(set) var inflatedSize = 0
    private var isBetweenMembers = true
    private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)

    /// Starts before the first byte of a gzip stream.
    package init(_ compressed: [UInt8]) {
        self.compressed = compressed
        isal_inflate_init(state)
        state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }

    deinit { state.deallocate() }

    /// Tells whether the bytes open as a gzip stream does.
    package static func isGzip(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: [0x1f, 0x8b])
    }

    /// Inflates the next bytes into the buffer until it is full or the stream is over.
    ///
    /// A member's checksum is verified once its end is reached, which asking for one byte more
    /// than it has makes sure of.
    ///
    /// - Returns: how many bytes were written; fewer than the buffer holds only at the end.
    /// - Throws: when the stream ends within a member, is damaged, or is followed by other bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        var filled = 0
        while filled < buffer.count {
            if isBetweenMembers {
                guard try beginMember() else { break }
            }
            filled += try inflateOnce(into: .init(rebasing: buffer[filled...]))
        }
        return filled
    }

    /// Steps to the next member; answers false at the stream's end.
    private func beginMember() throws(GzipError) -> Bool {
        guard position < compressed.count else { return false }
        guard Self.isGzip(compressed[position...]) else { throw .trailingBytes }
        isal_inflate_reset(state)
        isBetweenMembers = false
        return true
    }

    /// Calls ISA-L once and answers how many bytes it wrote.
    private func inflateOnce(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        let inputSize = min(compressed.count - position, Self.callSizeMax)
        let outputSize = min(buffer.count, Self.callSizeMax)
        let status = compressed.withUnsafeBufferPointer { input in
            state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + position)
            state.pointee.avail_in = UInt32(inputSize)
            state.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
            state.pointee.avail_out = UInt32(outputSize)
            return isal_inflate(state)
        }
        let writtenSize = outputSize - Int(state.pointee.avail_out)
        position += inputSize - Int(state.pointee.avail_in)
        inflatedSize += writtenSize
        guard status == ISAL_DECOMP_OK else { throw .corrupt(reason: reason(of: status)) }
        isBetweenMembers = state.pointee.block_state == ISAL_BLOCK_FINISH
        // There is room for output, so it is input that lacks.
        if !isBetweenMembers, writtenSize == 0, inputSize == 0 { throw .truncated }
        return writtenSize
    }

    private func reason(of status: Int32) -> String {
        switch status {
        case ISAL_INVALID_BLOCK: "unknown kind of block"
        case ISAL_INVALID_SYMBOL: "undefined code"
        case ISAL_INVALID_LOOKBACK: "distance before the beginning"
        case ISAL_INVALID_WRAPPER, ISAL_UNSUPPORTED_METHOD: "no header of a deflated member"
        case ISAL_INCORRECT_CHECKSUM: "wrong checksum or size"
        default: "ISA-L answers \(status)"
        }
    }
}
