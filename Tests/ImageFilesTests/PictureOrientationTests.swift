import Testing

@testable import ImageFiles

struct PictureOrientationTests {
    @Test func `sees a picture upright whichever way its camera was held`() throws {
        let upright = try Fixtures.digit("orientation-1.jpg")
        for value in 1...8 {
            let name = "orientation-\(value).jpg"
            #expect(try PictureOrientation(of: Fixtures.bytes(name)).rawValue == value)
            let distance = try Fixtures.distance(Fixtures.digit(name).pixels, upright.pixels)
            #expect(distance < 3, "orientation \(value)")
        }
    }

    @Test func `sees a PNG upright whichever way its camera was held`() throws {
        let upright = try Fixtures.digit("orientation-1.png")
        for value in 1...8 {
            let name = "orientation-\(value).png"
            #expect(try PictureOrientation(ofPNG: Fixtures.bytes(name)).rawValue == value)
            let distance = try Fixtures.distance(Fixtures.digit(name).pixels, upright.pixels)
            #expect(distance < 3, "orientation \(value)")
        }
        #expect(try PictureOrientation(ofPNG: Fixtures.bytes("drawing.png")) == .upright)
    }

    @Test(arguments: [3, 6], ["webp", "tif"])
    func `sees pictures of other formats upright`(value: Int, ending: String) throws {
        let upright = try Fixtures.digit("orientation-1.jpg")
        let digit = try Fixtures.digit("orientation-\(value).\(ending)")
        #expect(Fixtures.distance(digit.pixels, upright.pixels) < 3)
    }

    @Test func `takes a cut or damaged WebP as upright or as what it says`() throws {
        let bytes = try Fixtures.bytes("orientation-6.webp")
        #expect(PictureOrientation(ofWebP: bytes) == .turnClockwise)
        for index in bytes.indices {
            _ = PictureOrientation(ofWebP: Array(bytes.prefix(index)))
            for value: UInt8 in [0, 0x7F, 0xFF] {
                var damaged = bytes
                damaged[index] = value
                _ = PictureOrientation(ofWebP: damaged)
            }
        }
    }

    @Test func `takes a cut or damaged PNG as upright or as what it says`() throws {
        let bytes = try Array(Fixtures.bytes("orientation-6.png").prefix(200))
        for index in bytes.indices {
            _ = PictureOrientation(ofPNG: Array(bytes.prefix(index)))
            for value: UInt8 in [0, 0x7F, 0xFF] {
                var damaged = bytes
                damaged[index] = value
                _ = PictureOrientation(ofPNG: damaged)
            }
        }
    }

    @Test func `takes a picture without Exif as upright`() throws {
        #expect(try PictureOrientation(of: Fixtures.bytes("drawing.jpg")) == .upright)
        #expect(PictureOrientation(of: []) == .upright)
    }

    @Test func `takes damaged or cut Exif as upright or as what it says`() throws {
        let bytes = try Array(Fixtures.bytes("orientation-6.jpg").prefix(200))
        for index in bytes.indices {
            _ = PictureOrientation(of: Array(bytes.prefix(index)))
            for value: UInt8 in [0, 0x7F, 0xFF] {
                var damaged = bytes
                damaged[index] = value
                _ = PictureOrientation(of: damaged)
            }
        }
        var unknown = bytes
        let tag = try #require(
            bytes.indices.dropLast(2).first { bytes[$0] == 1 && bytes[$0 + 1] == 0x12 }
        )
        unknown[tag + 9] = 9
        #expect(PictureOrientation(of: unknown) == .upright)
    }
}
