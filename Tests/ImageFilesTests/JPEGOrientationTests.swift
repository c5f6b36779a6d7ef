import Testing

@testable import ImageFiles

struct JPEGOrientationTests {
    @Test func `sees a picture upright whichever way its camera was held`() throws {
        let upright = try Fixtures.digit("orientation-1.jpg")
        for value in 1...8 {
            let name = "orientation-\(value).jpg"
            #expect(try JPEGOrientation(of: Fixtures.bytes(name)).rawValue == value)
            let distance = try Fixtures.distance(Fixtures.digit(name).pixels, upright.pixels)
            #expect(distance < 3, "orientation \(value)")
        }
    }

    @Test func `takes a picture without Exif as upright`() throws {
        #expect(try JPEGOrientation(of: Fixtures.bytes("drawing.jpg")) == .upright)
        #expect(JPEGOrientation(of: []) == .upright)
    }

    @Test func `takes damaged or cut Exif as upright or as what it says`() throws {
        let bytes = try Array(Fixtures.bytes("orientation-6.jpg").prefix(200))
        for index in bytes.indices {
            _ = JPEGOrientation(of: Array(bytes.prefix(index)))
            for value: UInt8 in [0, 0x7F, 0xFF] {
                var damaged = bytes
                damaged[index] = value
                _ = JPEGOrientation(of: damaged)
            }
        }
        var unknown = bytes
        let tag = try #require(
            bytes.indices.dropLast(2).first { bytes[$0] == 1 && bytes[$0 + 1] == 0x12 }
        )
        unknown[tag + 9] = 9
        #expect(JPEGOrientation(of: unknown) == .upright)
    }
}
