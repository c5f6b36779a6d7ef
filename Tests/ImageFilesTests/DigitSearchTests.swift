import Testing

@testable import ImageFiles

/// A digit on pages that show other things too.
struct DigitSearchTests {
    private static let (width, height) = (240, 220)

    /// MNIST's 7 six times as large, dark on paper, and what `mark` draws over it.
    private func digit(
        mark: (_ x: Int, _ y: Int) -> Double? = { _, _ in nil },
        paper: ((_ x: Int, _ y: Int) -> Double)? = nil
    ) throws -> DigitImage {
        let seven = try Fixtures.seven()
        let pixels = (0..<Self.width * Self.height).map { place -> UInt8 in
            let (x, y) = (place % Self.width, place / Self.width)
            let (column, row) = ((x - 30) / 6, (y - 26) / 6)
            let isDigit = x >= 30 && y >= 26 && column < 28 && row < 28
            let ink = isDigit ? Double(seven[28 * row + column]) / 255 : 0
            return UInt8(mark(x, y) ?? (paper?(x, y) ?? 230) * (1 - 0.8 * ink))
        }
        let picture = GrayPicture(width: Self.width, height: Self.height, pixels: pixels)
        return try DigitImage(normalizing: picture, name: "page")
    }

    private func expectSeven(_ digit: DigitImage, _ what: String) throws {
        let distance = try Fixtures.distanceWithinAPixel(digit.pixels, Fixtures.seven())
        #expect(distance < 12, "\(what): \(distance)")
    }

    @Test func `sees the digit under a shadow that takes most of the light`() throws {
        try expectSeven(digit(paper: { x, _ in 230 - 160 * Double(x) / 240 }), "a slope")
        try expectSeven(
            digit(paper: { x, _ in 200 - Double((x - 120) * (x - 120)) / 120 }),
            "a valley"
        )
    }

    @Test func `leaves out frames, edges, boxes, ruled lines and specks`() throws {
        try expectSeven(
            digit { x, y in x < 3 || y < 3 || x > 236 || y > 216 ? 10 : nil },
            "a frame"
        )
        try expectSeven(digit { x, _ in x > 215 ? 20 : nil }, "a table's edge")
        try expectSeven(
            digit { x, y in
                let isOutside = x < 12 || y < 12 || x > 227 || y > 207
                let isInside = x > 14 && y > 14 && x < 225 && y < 205
                return isOutside || isInside ? nil : 30
            },
            "a box"
        )
        try expectSeven(digit { _, y in [40, 41, 100, 101].contains(y) ? 60 : nil }, "lines")
        try expectSeven(
            digit { x, y in
                [(60, 190), (200, 30), (20, 20)].contains { abs($0 - x) + abs($1 - y) < 4 }
                    ? 0 : nil
            },
            "specks"
        )
    }

    @Test func `tells two digits from one, and an empty frame from a digit`() {
        #expect(throws: ImageFileError.several(file: "page")) {
            try digit { x, y in (200...212).contains(x) && (50...170).contains(y) ? 40 : nil }
        }
        #expect(throws: ImageFileError.blank(file: "page")) {
            let pixels = (0..<10_000).map { place -> UInt8 in
                let (x, y) = (place % 100, place / 100)
                return x < 2 || y < 2 || x > 97 || y > 97 ? 0 : 240
            }
            return try DigitImage(
                normalizing: GrayPicture(width: 100, height: 100, pixels: pixels),
                name: "page"
            )
        }
    }
}
