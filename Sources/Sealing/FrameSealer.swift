/// Seals the messages of one direction of a link, with a key that seals nothing else.
///
/// A class, so that no copy of it can use a counter twice. Belongs to one thread.
package final class FrameSealer {
    private let cipher: any AuthenticatedCipher
    private var counter: UInt64 = 0

    /// Will seal with a secret that no other sealer has or had.
    package init(_ secret: SealingSecret) { cipher = fastestCipher(secret, .sealing) }

    /// Seals a message.
    ///
    /// - Parameters:
    ///   - header: at most ``SealedFrame/headerSizeMax`` bytes.
    ///   - payload: any bytes; may already lie at their place in the frame.
    ///   - frame: exactly as many bytes as ``SealedFrame/size(payloadSize:)`` says.
    package func seal(
        header: some Collection<UInt8>,
        payload: UnsafeRawBufferPointer,
        into frame: UnsafeMutableRawBufferPointer
    ) {
        precondition(header.count <= SealedFrame.headerSizeMax, "a header of \(header.count) bytes")
        precondition(
            frame.count == SealedFrame.size(payloadSize: payload.count),
            "a frame of \(frame.count) bytes around \(payload.count)"
        )
        precondition(counter < .max, "a key has sealed 2⁶⁴ messages")
        frame.storeBytes(of: counter.littleEndian, as: UInt64.self)
        let place = UnsafeMutableRawBufferPointer(rebasing: frame[SealedFrame.headerPlace])
        place.initializeMemory(as: UInt8.self, repeating: 0)
        place.storeBytes(of: UInt16(header.count).littleEndian, as: UInt16.self)
        UnsafeMutableRawBufferPointer(rebasing: place[SealedFrame.lengthSize...])
            .copyBytes(from: header)
        SealedFrame.withNonce(counter) { cipher.begin(nonce: $0) }
        counter += 1
        cipher.update(UnsafeRawBufferPointer(place), into: place)
        cipher.update(payload, into: SealedFrame.payload(in: frame))
        cipher.end(tag: UnsafeMutableRawBufferPointer(rebasing: frame.suffix(SealedFrame.tagSize)))
    }
}
