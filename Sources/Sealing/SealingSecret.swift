import COpenSSL

/// A key of 256 bits: never printed, and overwritten when its last holder lets go of it.
///
/// What others copied of it, such as a transport that carries it, is theirs to overwrite.
package final class SealingSecret: @unchecked Sendable {
    /// Its size in bytes.
    package static let size = 32

    /// Nobody writes to it after `init`.
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)

    /// Draws one from libcrypto's generator.
    package init() {
        let outcome = RAND_bytes(bytes.bindMemory(to: UInt8.self).baseAddress, Int32(Self.size))
        precondition(outcome == 1, "libcrypto has no random numbers")
    }

    /// Takes one as it travels; nil unless it has 32 bytes.
    package init?(copying source: some Collection<UInt8>) {
        guard source.count == Self.size else { return nil }
        bytes.copyBytes(from: source)
    }

    deinit {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        bytes.deallocate()
    }

    /// Lends the key for as long as `body` runs.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(bytes))
    }
}

extension SealingSecret: Hashable, CustomStringConvertible, CustomReflectable {
    /// Whether two are the same, in a time that does not tell where they differ.
    package static func == (one: SealingSecret, other: SealingSecret) -> Bool {
        CRYPTO_memcmp(one.bytes.baseAddress, other.bytes.baseAddress, size) == 0
    }

    /// Tells nothing of the key, so that all fall into one place of a table.
    package func hash(into hasher: inout Hasher) { hasher.combine(Self.size) }

    package var description: String { "a secret" }

    /// Nothing, for `dump` and test failures too.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
