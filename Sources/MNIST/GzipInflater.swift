private import CZlib

/// What is wrong with a gzip stream.
package enum GzipError: Error, Equatable, CustomStringConvertible {
    /// The stream ends within a member.
    case truncated
    /// Bytes follow the last member that are no member.
    case trailingBytes
    /// A member's header, data, checksum or size is wrong; the reason is zlib's.
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
/// The caller says how many bytes it wants, and no more than these are ever inflated: a stream
/// that would grow beyond what its own contents promise costs nothing.
/// A class, because zlib's state points back at its `z_stream`, which therefore must not move.
package final class GzipInflater {
    private static let windowBitsOfGzip: Int32 = 15 + 16
    /// zlib counts in 32 bits; longer inputs and outputs go through it in several calls.
    private static let callSizeMax = 1 << 30

    private let compressed: [UInt8]
    private var position = 0
    /// The size of everything that was inflated so far.
    package private(set) var inflatedSize = 0
    private var isBetweenMembers = true
    private let stream: UnsafeMutablePointer<z_stream>

    /// Starts before the first byte of a gzip stream.
    ///
    /// - Throws: `GzipError.corrupt` when zlib has no memory for its state.
    package init(_ compressed: [UInt8]) throws(GzipError) {
        self.compressed = compressed
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(
            stream,
            Self.windowBitsOfGzip,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else { throw .corrupt(reason: "zlib answers \(status)") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

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
        inflateReset(stream)
        isBetweenMembers = false
        return true
    }

    /// Calls zlib once and answers how many bytes it wrote.
    private func inflateOnce(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        let inputSize = min(compressed.count - position, Self.callSizeMax)
        let outputSize = min(buffer.count, Self.callSizeMax)
        let status = compressed.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + position)
            stream.pointee.avail_in = UInt32(inputSize)
            stream.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(outputSize)
            return inflate(stream, Z_NO_FLUSH)
        }
        let writtenSize = outputSize - Int(stream.pointee.avail_out)
        position += inputSize - Int(stream.pointee.avail_in)
        inflatedSize += writtenSize
        switch status {
        case Z_OK: break
        case Z_STREAM_END: isBetweenMembers = true
        // No progress was possible; there is room for output, so it is input that lacks.
        case Z_BUF_ERROR: throw .truncated
        default: throw .corrupt(reason: reason(of: status))
        }
        return writtenSize
    }

    private func reason(of status: Int32) -> String {
        stream.pointee.msg.map { String(cString: $0) } ?? "zlib answers \(status)"
    }
}
