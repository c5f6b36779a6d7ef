import CSodium

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
///
/// It is the oracle of every comparison between runs, and the checksum inside the files of this
/// module.
package struct Digest: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes of the digest.
    package let bytes: [UInt8]

    /// Whether libsodium is set up; its manual asks for this before any other call.
    private static let isSodiumReady = sodium_init() >= 0

    /// Hashes one run of bytes.
    package static func sha256(of bytes: UnsafeRawBufferPointer) -> Digest {
        sha256(ofParts: [bytes])
    }

    /// Hashes several runs of bytes as if they lay one behind the other.
    package static func sha256(ofParts parts: [UnsafeRawBufferPointer]) -> Digest {
        precondition(isSodiumReady, "libsodium could not be set up")
        var state = crypto_hash_sha256_state()
        crypto_hash_sha256_init(&state)
        for part in parts {
            guard let start = part.baseAddress else { continue }
            crypto_hash_sha256_update(
                &state,
                start.assumingMemoryBound(to: UInt8.self),
                UInt64(part.count)
            )
        }
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_hash_sha256_final(&state, &digest)
        return Digest(bytes: digest)
    }

    /// The digest as hexadecimal digits.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
