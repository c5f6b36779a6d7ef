import COpenSSL

/// AES-256-GCM through libcrypto, on every CPU.
final class LibcryptoCipher: AuthenticatedCipher {
    private let context: OpaquePointer

    init(_ secret: SealingSecret, _ direction: CipherDirection) {
        guard let context = EVP_CIPHER_CTX_new() else {
            preconditionFailure("no memory for a cipher")
        }
        self.context = context
        let outcome = secret.withUnsafeBytes {
            let key = $0.bindMemory(to: UInt8.self).baseAddress
            return EVP_CipherInit_ex(
                context,
                EVP_aes_256_gcm(),
                nil,
                key,
                nil,
                direction == .sealing ? 1 : 0
            )
        }
        precondition(outcome == 1, "libcrypto has no AES-256-GCM")
    }

    /// Overwrites the key, as EVP_CIPHER_CTX_free(3) says.
    deinit { EVP_CIPHER_CTX_free(context) }

    func begin(nonce: UnsafeRawBufferPointer) {
        precondition(nonce.count == CipherSizes.nonce, "a nonce of \(nonce.count) bytes")
        let start = nonce.bindMemory(to: UInt8.self).baseAddress
        let outcome = EVP_CipherInit_ex(context, nil, nil, nil, start, -1)
        precondition(outcome == 1, "libcrypto begins no message")
    }

    func update(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableRawBufferPointer) {
        precondition(source.count == destination.count, "\(source.count) for \(destination.count)")
        guard !source.isEmpty else { return }
        var size: Int32 = 0
        let outcome = EVP_CipherUpdate(
            context,
            destination.bindMemory(to: UInt8.self).baseAddress,
            &size,
            source.bindMemory(to: UInt8.self).baseAddress,
            Int32(source.count)
        )
        precondition(outcome == 1 && size == source.count, "libcrypto stops within a message")
    }

    func end(tag: UnsafeMutableRawBufferPointer) {
        precondition(tag.count == CipherSizes.tag, "a tag of \(tag.count) bytes")
        let isWritten =
            endsWell()
            && EVP_CIPHER_CTX_ctrl(
                context,
                EVP_CTRL_AEAD_GET_TAG,
                Int32(tag.count),
                tag.baseAddress
            ) == 1
        precondition(isWritten, "libcrypto made no tag")
    }

    func isAuthentic(tag: UnsafeRawBufferPointer) -> Bool {
        precondition(tag.count == CipherSizes.tag, "a tag of \(tag.count) bytes")
        // libcrypto reads the tag only, but does not declare it so.
        let start = UnsafeMutableRawPointer(mutating: tag.baseAddress)
        return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), start) == 1
            && endsWell()
    }

    private func endsWell() -> Bool {
        var size: Int32 = 0
        var nothing: UInt8 = 0
        return EVP_CipherFinal_ex(context, &nothing, &size) == 1
    }
}
