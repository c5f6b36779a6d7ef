/// A secret text that opens a page.
package struct AccessToken: Sendable {
    /// The secret.
    let text: String

    /// Fewer characters could be guessed.
    package static let sizeMin = 16
    /// More are no token.
    package static let sizeMax = 256

    /// Takes a text of letters, digits and `-._~`, as they stand in an address (RFC 3986, 2.3); nil
    /// where it has others, too few or too many.
    package init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                || "-._~".utf8.contains($0)
        }
        guard isPlain, (Self.sizeMin...Self.sizeMax).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    private init(drawn text: String) { self.text = text }

    /// Draws one of 256 bits.
    static func random(using generator: inout some RandomNumberGenerator) -> AccessToken {
        let words = (0..<4).map { _ in
            String(UInt64.random(in: 0...(.max), using: &generator), radix: 36)
        }
        return AccessToken(drawn: words.joined(separator: "-"))
    }

    /// Whether a text is the secret, in a time that tells nothing of where they differ.
    package func matches(_ other: String) -> Bool {
        let (own, other) = (Array(text.utf8), Array(other.utf8))
        var difference = own.count ^ other.count
        for index in 0..<Self.sizeMax {
            let left = index < own.count ? own[index] : 0
            let right = index < other.count ? other[index] : 0
            difference |= Int(left ^ right)
        }
        return difference == 0
    }
}

extension AccessToken: CustomStringConvertible {
    /// Nothing of the secret, which must not get into a log.
    package var description: String { "a token" }
}
