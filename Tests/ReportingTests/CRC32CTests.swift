import Testing

@testable import Reporting

@Suite struct CRC32CTests {
    /// The check value, and RFC 3720's examples (appendix B.4).
    @Test func `has the published values`() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(CRC32C.checksum([]) == 0)
    }

    /// 0 rotated is 0, so the mask is what is added to it.
    @Test func `masks by rotation and a constant`() {
        #expect(CRC32C.masked([]) == 0xA282_EAD8)
        let checksum: UInt32 = 0xE306_9283
        let rotated = checksum >> 15 | checksum << 17
        #expect(CRC32C.masked(Array("123456789".utf8)) == rotated &+ 0xA282_EAD8)
    }
}
