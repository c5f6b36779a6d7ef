/// How a sealed message lies in one frame:
///
/// ```
/// counter, 8 bytes, little-endian ‖ AES-256-GCM( length, 2 bytes ‖ header ‖ zeros up to 128 bytes ‖ payload ) ‖ tag, 16
/// ```
///
/// The counter is the nonce (with four zero bytes before it), so the tag vouches for it too. The
/// header has a fixed place, for the cipher is fastest where a payload begins at a whole block.
package enum SealedFrame {
    /// The header's place, its length included.
    static let headerPlace = counterSize..<counterSize + 128
    static let counterSize = 8
    static let tagSize = CipherSizes.tag
    static let lengthSize = 2

    /// The longest header that can be sealed.
    package static let headerSizeMax = headerPlace.count - lengthSize

    /// What a frame has beside its payload: 8 + 128 + 16.
    package static let overhead = headerPlace.upperBound + tagSize

    /// The size of the frame around a payload of `payloadSize` bytes.
    package static func size(payloadSize: Int) -> Int { overhead + payloadSize }

    /// The size of the payload in a frame of `size` bytes; nil if no frame is so short.
    package static func payloadSize(size: Int) -> Int? { size < overhead ? nil : size - overhead }

    /// The payload's place in a frame.
    ///
    /// - Precondition: the frame is not shorter than ``overhead``.
    package static func payload(
        in frame: UnsafeMutableRawBufferPointer
    ) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(
            rebasing: frame[headerPlace.upperBound..<frame.count - tagSize]
        )
    }

    /// Lends the nonce of a message: 4 zero bytes, then the counter, little-endian.
    static func withNonce(_ counter: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) {
        let size = CipherSizes.nonce
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { nonce in
            nonce.initializeMemory(as: UInt8.self, repeating: 0)
            nonce.storeBytes(
                of: counter.littleEndian,
                toByteOffset: size - counterSize,
                as: UInt64.self
            )
            body(UnsafeRawBufferPointer(nonce))
        }
    }
}

/// Why a frame was not opened.
package enum SealingError: Error, Equatable, CustomStringConvertible {
    /// It has not the size of a frame around what is expected.
    case size(Int)
    /// Its counter was there before, or is older than one that was.
    case replayed(counter: UInt64)
    /// It was not sealed with this key, or not left as it was.
    case notAuthentic
    /// Who holds the key has sealed a header longer than there is room for.
    case headerSize(Int)

    package var description: String {
        switch self {
        case .size(let size): "a sealed message of \(size) bytes"
        case .replayed(let counter): "a sealed message of number \(counter), which is over"
        case .notAuthentic: "a message that was not sealed with the link's key, or was changed"
        case .headerSize(let size): "a sealed header that claims \(size) bytes"
        }
    }
}
