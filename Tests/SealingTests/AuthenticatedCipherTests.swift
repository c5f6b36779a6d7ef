import Testing

@testable import Sealing

struct AuthenticatedCipherTests {
    /// Test cases 13 to 15 of "The Galois/Counter Mode of Operation" (McGrew & Viega 2005, appendix
    /// B), which are those for 256-bit keys and nothing beside the plaintext.
    private static let vectors: [(key: String, nonce: String, plain: String, sealed: String)] = [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12),
            String(repeating: "00", count: 16),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                + "b094dac5d93471bdec1a502270e3cc6c"
        ),
    ]

    private func bytes(_ text: String) -> [UInt8] {
        stride(from: 0, to: text.utf8.count, by: 2).map { offset in
            let start = text.index(text.startIndex, offsetBy: offset)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)!
        }
    }

    /// Seals or opens `parts` one after the other.
    private func run(
        _ cipher: any AuthenticatedCipher,
        _ nonce: [UInt8],
        _ parts: [ArraySlice<UInt8>]
    ) -> [UInt8] {
        nonce.withUnsafeBytes { cipher.begin(nonce: $0) }
        return parts.flatMap { part in
            var result = [UInt8](repeating: 0, count: part.count)
            part.withUnsafeBytes { source in
                result.withUnsafeMutableBytes { cipher.update(source, into: $0) }
            }
            return result
        }
    }

    typealias Maker = @Sendable (SealingSecret, CipherDirection) -> any AuthenticatedCipher

    @Test(arguments: [LibcryptoCipher.init, fastestCipher] as [Maker])
    func `seals and opens the published vectors, whole and in two parts`(maker: Maker) throws {
        for vector in Self.vectors {
            let secret = try #require(SealingSecret(copying: bytes(vector.key)))
            let sealer = maker(secret, .sealing)
            let opener = maker(secret, .opening)
            let plain = bytes(vector.plain)
            for split in 0...plain.count {
                var sealed = run(sealer, bytes(vector.nonce), [plain[..<split], plain[split...]])
                var tag = [UInt8](repeating: 0, count: 16)
                tag.withUnsafeMutableBytes { sealer.end(tag: $0) }
                #expect(sealed + tag == bytes(vector.sealed), "split at \(split)")
                #expect(
                    run(opener, bytes(vector.nonce), [sealed[..<split], sealed[split...]]) == plain
                )
                #expect(tag.withUnsafeBytes { opener.isAuthentic(tag: $0) })
                guard split < sealed.count else { continue }
                sealed[split] ^= 0x10
                _ = run(opener, bytes(vector.nonce), [sealed[...]])
                #expect(!tag.withUnsafeBytes { opener.isAuthentic(tag: $0) })
            }
        }
    }

    @Test func `makes the same of it with each library`() {
        let secret = SealingSecret()
        var nonce = [UInt8](repeating: 0, count: 12)
        for size in [1, 15, 128, 255, 4_096, 247_000] {
            nonce[4] &+= 1
            let plain = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 31 >> 3) }
            let (one, other) = (LibcryptoCipher(secret, .sealing), fastestCipher(secret, .sealing))
            let parts = [plain.prefix(100), plain.dropFirst(100)]
            #expect(run(one, nonce, parts) == run(other, nonce, parts), "\(size) bytes")
            var tags = [[UInt8]](repeating: [UInt8](repeating: 0, count: 16), count: 2)
            tags[0].withUnsafeMutableBytes { one.end(tag: $0) }
            tags[1].withUnsafeMutableBytes { other.end(tag: $0) }
            #expect(tags[0] == tags[1], "\(size) bytes")
        }
    }
}
