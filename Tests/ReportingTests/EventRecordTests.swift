import Testing

@testable import Reporting

@Suite struct EventRecordTests {
    @Test func `encodes a record byte by byte`() {
        let record = EventRecord.values([.scalar("ab", 0.5)], step: 300, time: 2)
        // wall_time 2.0; step 300; summary { value { tag "ab", simple_value 0.5 } }
        let time: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0, 0x40]
        let step: [UInt8] = [0x10, 0xAC, 0x02]
        let value: [UInt8] = [0x0A, 0x02, 0x61, 0x62, 0x15, 0, 0, 0, 0x3F]
        let data = time + step + [0x2A, 0x0B, 0x0A, 0x09] + value
        #expect(Array(record[..<8]) == [UInt8(data.count), 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(record[12..<(12 + data.count)]) == data)
        #expect(record.count == data.count + 16)
    }
}
