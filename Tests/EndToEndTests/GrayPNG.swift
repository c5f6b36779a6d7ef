import Foundation

/// Writes gray pictures as PNG files, uncompressed (PNG, 3rd edition; RFC 1950 and 1951).
enum GrayPNG {
    /// Encodes 28×28 pixels, row by row.
    static func encode(_ pixels: [UInt8]) -> Data {
        let side = 28
        // Before each row stands its filter: 0, none.
        let rows = (0..<side).flatMap { [0] + pixels[$0 * side..<($0 + 1) * side] }
        let size = UInt16(rows.count)
        let stored: [UInt8] = [1] + littleEndian(size) + littleEndian(~size) + rows
        let header = bigEndian(28) + bigEndian(28) + [8, 0, 0, 0, 0]
        return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            + part("IHDR", header)
            + part("IDAT", [0x78, 0x01] + stored + bigEndian(adler32(rows)))
            + part("IEND", [])
    }

    private static func part(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        let checked = Array(name.utf8) + contents
        return bigEndian(UInt32(contents.count)) + checked + bigEndian(crc32(checked))
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func littleEndian(_ value: UInt16) -> [UInt8] {
        [0, 8].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
