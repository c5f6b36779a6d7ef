import Testing

@testable import ImageFiles

struct JPEGScansTests {
    private static let start: [UInt8] = [0xFF, 0xD8]
    /// A header of two bytes' length and some data of a scan with a zero byte and a restart in it.
    private static let scan: [UInt8] = [0xFF, 0xDA, 0, 2, 1, 0xFF, 0, 0xDA, 0xFF, 0xD3, 0xDA]
    private static let end: [UInt8] = [0xFF, 0xD9]

    @Test func `counts scans, and no bytes that only look like one`() {
        let thumbnail: [UInt8] = [0xFF, 0xE1, 0, 6] + [0xFF, 0xDA, 0xFF, 0xDA]
        #expect(JPEGScans.count(in: Self.start + thumbnail + Self.end) == 0)
        for count in [1, 2, 3_000] {
            let scans = [[UInt8]](repeating: Self.scan + [0xFF], count: count).flatMap(\.self)
            let jpeg = Self.start + thumbnail + scans + Self.end + Self.scan
            #expect(JPEGScans.count(in: jpeg) == count)
        }
    }

    @Test func `ends at every truncation`() {
        let jpeg = Self.start + Self.scan + Self.scan + Self.end
        for length in 0...jpeg.count {
            #expect(JPEGScans.count(in: Array(jpeg.prefix(length))) <= 2)
        }
    }

    @Test func `refuses a picture with more scans than its size allows`() throws {
        #expect(JPEGScans.countMax(pixelCount: 28 * 28) == 100)
        #expect(JPEGScans.countMax(pixelCount: 8_192 * 8_192) == 10)
        let scans = [[UInt8]](repeating: Self.scan, count: 101).flatMap(\.self)
        // A frame of 28×28 in one component, as the header's reader wants it.
        let frame: [UInt8] = [0xFF, 0xC2, 0, 11, 8, 0, 28, 0, 28, 1, 1, 0x11, 0]
        let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]
        let jpeg = Self.start + frame + scan + scans + Self.end
        #expect(throws: ImageFileError.tooManyScans(file: "x.jpg", found: 102, countMax: 100)) {
            try JPEGReading.decode(jpeg, name: "x.jpg")
        }
    }
}
