import Testing

@testable import Checkpoints

@Suite struct DigestTests {
    /// The answers of FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `gives the standard's answers`(text: String, expected: String) {
        #expect(Array(text.utf8).withUnsafeBytes(Digest.sha256).description == expected)
    }

    @Test func `hashes parts as if they lay one behind the other`() {
        let bytes = Array(UInt8.min...UInt8.max)
        bytes.withUnsafeBytes { whole in
            for cut in 0...whole.count {
                let parts = [whole[..<cut], whole[cut...]].map(UnsafeRawBufferPointer.init)
                #expect(Digest.sha256(ofParts: parts) == Digest.sha256(of: whole))
            }
        }
    }
}
