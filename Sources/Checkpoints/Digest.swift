import COpenSSL

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
///
/// It is the oracle of every comparison between runs, and the checksum inside the files of this
/// module.
package struct Digest: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes of the digest.
    package let bytes: [UInt8]

    /// Hashes one run of bytes.
    package static func sha256(of bytes: UnsafeRawBufferPointer) -> Digest {
        sha256(ofParts: [bytes])
    }

    /// Hashes several runs of bytes as if they lay one behind the other.
    package static func sha256(ofParts parts: [UnsafeRawBufferPointer]) -> Digest {
        // The calls fail only for want of memory.
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var succeeded = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        for part in parts {
            succeeded = EVP_DigestUpdate(context, part.baseAddress, part.count) == 1 && succeeded
        }
        var digest = [UInt8](repeating: 0, count: 32)
        succeeded = EVP_DigestFinal_ex(context, &digest, nil) == 1 && succeeded
        precondition(succeeded, "libcrypto computed no SHA-256")
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
