/// The CRC-32C of Castagnoli (RFC 3720, appendix B.4): of "123456789" it is 0xE3069283.
enum CRC32C {
    /// The remainders of the 256 bytes, polynomial 0x1EDC6F41 reflected.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0x82F6_3B78 : remainder >> 1
        }
    }

    /// The checksum of the bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    /// The checksum as TensorFlow's record files hold it, so that a record within a record does
    /// not check itself (tensorflow/core/lib/hash/crc32c.h).
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let checksum = checksum(bytes)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }
}
