import Testing

@testable import ZeroMQ

struct CurveKeysTests {
    @Test func `reads what it writes, and refuses what is no key`() throws {
        let key = try CurveKeyPair.drawn().publicKey
        #expect(CurveKey(text: key.text) == key)
        #expect(key.bytes.withUnsafeBytes { CurveKey(bytes: $0) } == key)
        for text in [
            "", "x", String(repeating: "#", count: 40), key.text + " ", "\"" + key.text.dropFirst(),
        ] {
            #expect(CurveKey(text: text) == nil, "\(text)")
        }
    }

    @Test func `takes no halves of two pairs, and never prints a secret`() throws {
        let (one, other) = (try CurveKeyPair.drawn(), try CurveKeyPair.drawn())
        #expect(CurveKeyPair(publicKey: one.publicKey, secretKey: other.secretKey) == nil)
        var text = "\(one) \(String(reflecting: one))"
        dump(one, to: &text)
        #expect(!text.contains(one.secretKey.text))
    }
}
