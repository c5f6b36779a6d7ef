import CZeroMQ

/// One half of a CurveZMQ key pair: 32 bytes, written as 40 characters of Z85 (ZeroMQ RFC 32).
public struct CurveKey: Hashable, Sendable {
    /// The characters that files and the environment hold.
    public let text: String

    /// The key itself.
    public let bytes: [UInt8]

    /// Reads a key; nil if the text is none.
    public init?(text: String) {
        let alphabet = Set(
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
                .utf8
        )
        guard text.utf8.count == 40, text.utf8.allSatisfy(alphabet.contains) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        // Refuses five characters whose value exceeds 32 bits.
        guard zmq_z85_decode(&bytes, text) != nil else { return nil }
        self.text = text
        self.bytes = bytes
    }

    /// Takes a key as it travels; nil unless it has 32 bytes.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        var text = [CChar](repeating: 0, count: 41)
        zmq_z85_encode(&text, bytes.baseAddress, 32)
        self.text = String(decoding: text.prefix(40).map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.bytes = Array(bytes)
    }
}

/// A public key and the secret that belongs to it; it prints as the public one.
public struct CurveKeyPair: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What others know its owner by.
    public let publicKey: CurveKey
    /// What only its owner knows.
    public let secretKey: CurveKey

    /// Puts the halves together.
    ///
    /// - Returns: nil if they are not of one pair.
    public init?(publicKey: CurveKey, secretKey: CurveKey) {
        var derived = [CChar](repeating: 0, count: 41)
        guard zmq_curve_public(&derived, secretKey.text) == 0,
            derived.prefix(40).elementsEqual(publicKey.text.utf8.map(CChar.init(bitPattern:)))
        else { return nil }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// Takes a secret key and the public one that belongs to it.
    public init(secretKey: CurveKey) {
        var text = [CChar](repeating: 0, count: 41)
        guard zmq_curve_public(&text, secretKey.text) == 0,
            let publicKey = CurveKey(
                text: String(decoding: text.prefix(40).map(UInt8.init), as: UTF8.self)
            )
        else { preconditionFailure("libzmq took a secret key that has no public one") }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// Draws a pair.
    ///
    /// - Throws: when libzmq was built without CURVE.
    public static func drawn() throws(ZeroMQError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else {
            throw .lastCall("make a key pair")
        }
        func key(_ text: [CChar]) -> CurveKey? {
            CurveKey(text: String(decoding: text.prefix(40).map(UInt8.init), as: UTF8.self))
        }
        guard let publicKey = key(publicText), let secretKey = key(secretText),
            let pair = CurveKeyPair(publicKey: publicKey, secretKey: secretKey)
        else { preconditionFailure("libzmq drew a key pair that it does not take") }
        return pair
    }

    /// The public half alone, so that no log line holds the secret.
    public var description: String { publicKey.text }

    /// The public half alone, for `dump` and test failures too.
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey.text]) }
}

/// Which end of encrypted connections a socket is.
public enum CurveIdentity: Equatable, Sendable {
    /// It accepts whom its context's ``Authenticator`` lets in.
    case accepting(as: CurveKeyPair)
    /// It reaches out, under its own key, to whoever holds the secret of `to`.
    case connecting(as: CurveKeyPair, to: CurveKey)
}
