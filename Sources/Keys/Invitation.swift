package import ZeroMQ

/// What lets one worker in once, so that it gets a key of its own: a token.
///
/// It holds the coordinator's public key and the secret one of a pair that was drawn for it. The
/// worker reaches the coordinator under that pair, encrypted and both ways authenticated as ever,
/// and brings the public key that it has drawn for itself: no secret of its own ever travels. It
/// prints as nothing.
package struct Invitation: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The token's pair.
    package let pair: CurveKeyPair
    /// Whom the worker will believe to be its coordinator.
    package let coordinator: CurveKey

    private static let mark = "lockstep-join-"

    /// Draws one for a worker of this coordinator.
    ///
    /// - Throws: when libzmq was built without CURVE.
    package init(to coordinator: CurveKey) throws(ZeroMQError) {
        self.coordinator = coordinator
        pair = try .drawn()
    }

    /// Reads a token.
    ///
    /// - Throws: `malformed` when it is none.
    package init(token: String, place: String) throws(KeyError) {
        let digits = token.utf8.dropFirst(Self.mark.utf8.count).map(Self.value(ofDigit:))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            digits[index].flatMap { high in digits[index + 1].map { high << 4 | $0 } }
        }
        guard token.hasPrefix(Self.mark), digits.count == 128, bytes.count == 64,
            let coordinator = bytes.withUnsafeBytes({
                CurveKey(bytes: UnsafeRawBufferPointer(rebasing: $0[..<32]))
            }),
            let secretKey = bytes.withUnsafeBytes({
                CurveKey(bytes: UnsafeRawBufferPointer(rebasing: $0[32...]))
            })
        else {
            throw .malformed(
                place: place,
                found: "something else",
                expected: "a token of `lockstep coordinator --invite`"
            )
        }
        self.coordinator = coordinator
        pair = CurveKeyPair(secretKey: secretKey)
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Reads a file that holds a token.
    ///
    /// - Throws: when it cannot be read, is exposed to others, or holds none.
    package init(path: String) throws(KeyError) {
        let text = try KeyFile.read(path, isSecret: true)
        try self.init(token: text.filter { !$0.isWhitespace }, place: path)
    }

    /// Whether a text is a token, or was meant to be one.
    package static func isToken(_ text: String) -> Bool { text.hasPrefix(mark) }

    /// The token: letters, digits and hyphens, for any shell.
    package var token: String {
        Self.mark
            + (coordinator.bytes + pair.secretKey.bytes).map {
                ($0 < 16 ? "0" : "") + String($0, radix: 16)
            }.joined()
    }

    /// Nothing of the token, so that no log line holds it.
    package var description: String { "an invitation" }

    /// Nothing of the token, for `dump` and test failures too.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
