/// AES-256-GCM (NIST SP 800-38D) under one key and in one direction, message after message.
protocol AuthenticatedCipher: AnyObject {
    /// Begins a message.
    ///
    /// - Parameter nonce: 12 bytes that no other message sealed with this key has.
    func begin(nonce: UnsafeRawBufferPointer)

    /// Encrypts or decrypts the next bytes of the message, in place where both are the same.
    ///
    /// What is decrypted must not be used before ``isAuthentic(tag:)`` says so.
    func update(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableRawBufferPointer)

    /// Ends a message that was sealed and writes its tag of 16 bytes.
    func end(tag: UnsafeMutableRawBufferPointer)

    /// Ends a message that was opened, and tells whether it is as it was sealed.
    func isAuthentic(tag: UnsafeRawBufferPointer) -> Bool
}

/// What a cipher does.
enum CipherDirection {
    case opening
    case sealing
}

/// Sizes in bytes.
enum CipherSizes {
    static let nonce = 12
    static let tag = 16
}

/// A cipher through the library that is fastest on this CPU.
func fastestCipher(
    _ secret: SealingSecret,
    _ direction: CipherDirection
) -> any AuthenticatedCipher {
    #if arch(x86_64)
        if let cipher = MultiBufferCipher(secret, direction) { return cipher }
    #endif
    return LibcryptoCipher(secret, direction)
}
