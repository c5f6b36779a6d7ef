/// Opens the messages of one direction of a link, each once and in the order they were sealed in.
///
/// Belongs to one thread.
package final class FrameOpener {
    private let cipher: any AuthenticatedCipher
    private var nextCounter: UInt64 = 0

    /// Will open what a sealer with the same secret sealed.
    package init(_ secret: SealingSecret) { cipher = fastestCipher(secret, .opening) }

    /// Opens a message and returns its header.
    ///
    /// Messages may be missing before it, but none that was opened, or was sealed before one that
    /// was, is opened again.
    ///
    /// - Parameters:
    ///   - frame: the message as it came.
    ///   - destination: takes the payload, exactly as many bytes as
    ///     ``SealedFrame/payloadSize(size:)`` says; holds zeros where decrypting it shows that it
    ///     is not authentic.
    /// - Throws: ``SealingError`` for anything but the next message, or a later one, of the sealer.
    package func open(
        _ frame: UnsafeRawBufferPointer,
        into destination: UnsafeMutableRawBufferPointer
    ) throws(SealingError) -> [UInt8] {
        guard SealedFrame.payloadSize(size: frame.count) == destination.count else {
            throw .size(frame.count)
        }
        let counter = UInt64(littleEndian: frame.loadUnaligned(as: UInt64.self))
        guard counter >= nextCounter, counter < .max else { throw .replayed(counter: counter) }
        SealedFrame.withNonce(counter) { cipher.begin(nonce: $0) }
        var header = [UInt8](repeating: 0, count: SealedFrame.headerPlace.count)
        header.withUnsafeMutableBytes {
            cipher.update(
                UnsafeRawBufferPointer(rebasing: frame[SealedFrame.headerPlace]),
                into: $0
            )
        }
        let payload = frame[SealedFrame.headerPlace.upperBound...].dropLast(SealedFrame.tagSize)
        cipher.update(UnsafeRawBufferPointer(rebasing: payload), into: destination)
        let tag = UnsafeRawBufferPointer(rebasing: frame.suffix(SealedFrame.tagSize))
        guard cipher.isAuthentic(tag: tag) else {
            // Nobody may see what somebody else made of it.
            destination.initializeMemory(as: UInt8.self, repeating: 0)
            throw .notAuthentic
        }
        nextCounter = counter + 1
        let size = Int(header[0]) | Int(header[1]) << 8
        guard size <= SealedFrame.headerSizeMax else { throw .headerSize(size) }
        return Array(header[SealedFrame.lengthSize..<SealedFrame.lengthSize + size])
    }
}
