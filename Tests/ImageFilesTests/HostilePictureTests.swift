import Testing

@testable import ImageFiles

/// Small files that promise much.
struct HostilePictureTests {
    /// A number's bytes, the least first.
    private static func bytes(_ number: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// A TIFF of one directory, whose entries are numbers or, with more than one, behind it.
    private static func tiff(_ entries: [(tag: Int, values: [Int])], data: [UInt8]) -> [UInt8] {
        var directory = bytes(entries.count, 2)
        var behind: [UInt8] = []
        let end = 8 + 2 + 12 * entries.count + 4
        for (tag, values) in entries {
            directory += bytes(tag, 2) + bytes(4, 2) + bytes(values.count, 4)
            if values.count == 1 {
                directory += bytes(values[0], 4)
            } else {
                directory += bytes(end + behind.count, 4)
                behind += values.flatMap { bytes($0, 4) }
            }
        }
        return Array("II*\0".utf8) + bytes(8, 4) + directory + bytes(0, 4) + behind + data
    }

    private func reason(_ bytes: [UInt8]) throws -> String {
        let error = #expect(throws: ImageFileError.self) {
            try TIFFReading.decode(bytes, name: "x")
        }
        return "\(try #require(error))"
    }

    @Test func `refuses a TIFF whose tiles are far larger than its picture`() throws {
        let text = try reason(
            Self.tiff(
                [
                    (256, [1]), (257, [1]), (258, [8]), (259, [8]), (262, [1]), (277, [1]),
                    (322, [16_384]), (323, [16_384]), (324, [8]), (325, [8]),
                ],
                data: []
            )
        )
        #expect(text.contains("larger than its picture"), "\(text)")
    }

    @Test func `refuses a TIFF whose strips are all the same bytes`() throws {
        let strips = [Int](repeating: 8, count: 64)
        let lengths = [Int](repeating: 600, count: 64)
        let text = try reason(
            Self.tiff(
                [
                    (256, [64]), (257, [64]), (258, [8]), (259, [5]), (262, [1]), (273, strips),
                    (277, [1]), (278, [1]), (279, lengths),
                ],
                data: [UInt8](repeating: 0, count: 64)
            )
        )
        #expect(text.contains("overlap"), "\(text)")
    }

    @Test func `refuses a TIFF of a compression that no scanner has`() throws {
        let text = try reason(
            Self.tiff(
                [
                    (256, [64]), (257, [64]), (258, [8]), (259, [50_000]), (262, [1]),
                    (273, [8]), (277, [1]), (278, [64]), (279, [64]),
                ],
                data: [UInt8](repeating: 0, count: 64)
            )
        )
        #expect(text.contains("compression 50000"), "\(text)")
    }

    @Test func `refuses a TIFF with a JPEG of more scans than its size allows`() throws {
        let scans = [[UInt8]](repeating: [0xFF, 0xDA, 0, 2], count: 41).flatMap(\.self)
        let jpeg = [0xFF, 0xD8] + scans + [0xFF, 0xD9]
        let entries = { (offset: Int) in
            [
                (256, [4_096]), (257, [4_096]), (258, [8]), (259, [7]), (262, [1]),
                (273, [offset]), (277, [1]), (278, [4_096]), (279, [jpeg.count]),
            ]
        }
        let whole = Self.tiff(entries(8 + 2 + 12 * 9 + 4), data: jpeg)
        let error = ImageFileError.tooManyScans(file: "x", found: 41, countMax: 40)
        #expect(throws: error) { try TIFFReading.decode(whole, name: "x") }
    }

    @Test(arguments: ["P5\n# wide\n20000 1\n255\n", "P5\r\n#\r\n9000 9000\n255\n"])
    func `refuses a graymap before it allocates what its header promises`(text: String) {
        let error = #expect(throws: ImageFileError.self) {
            try BitmapReading.decode(Array(text.utf8), .pgm, name: "x")
        }
        #expect("\(error!)".contains("pixels where at most"), "\(error!)")
    }

    @Test func `refuses a bitmap before it allocates what its header promises`() {
        let header = Array("BM".utf8) + Self.bytes(0, 12) + Self.bytes(40, 4)
        for (width, height) in [(9_000, -9_000), (20_000, 1)] {
            let bitmap = header + Self.bytes(width, 4) + Self.bytes(height, 4)
            let error = ImageFileError.tooLarge(
                file: "x",
                width: width,
                height: abs(height)
            )
            #expect(throws: error) { try BitmapReading.decode(bitmap, .bmp, name: "x") }
        }
    }
}
