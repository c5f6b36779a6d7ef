package import ZeroMQ

/// What an invited worker sends to be listed under a key of its own, and what it is answered.
package enum EnrollmentMessage {
    /// What stands before a public key that is to be listed.
    private static let mark = Array("LKSTjoin".utf8)

    /// The key was listed.
    package static let accepted: [UInt8] = mark + [1]
    /// It was not.
    package static let refused: [UInt8] = mark + [0]

    /// Asks that a key be listed.
    package static func request(_ key: CurveKey) -> [UInt8] { mark + key.bytes }

    /// The public key that a message wants to be listed; nil if it is no such message.
    package static func key(in bytes: UnsafeRawBufferPointer) -> CurveKey? {
        guard bytes.starts(with: mark) else { return nil }
        return CurveKey(bytes: UnsafeRawBufferPointer(rebasing: bytes[mark.count...]))
    }
}
