import Testing

@testable import Reporting

struct ImageDrawingTests {
    @Test func `draws two rows of pixels a line, with faint gray shaded`() {
        let pixels: [UInt8] = [
            255, 255, 0, 0, 100, 40,
            255, 0, 255, 0, 100, 40,
            255, 0, 0, 0, 0, 0,
        ]
        #expect(ImageDrawing.lines(pixels, width: 6) == ["█▀▄ ▒░", "▀     "])
    }

    @Test func `draws bars to an eighth of a column, and none for what is no number`() {
        #expect(ImageDrawing.bar(1, width: 4) == "████")
        #expect(ImageDrawing.bar(0.5, width: 3) == "█▌")
        #expect(ImageDrawing.bar(0, width: 4).isEmpty)
        #expect(ImageDrawing.bar(2, width: 1) == "█")
        #expect(ImageDrawing.bar(.nan, width: 4).isEmpty)
    }

    @Test(arguments: [
        (8, ["ab   c", "     d", "e"]), (7, ["ab", "c", "d", "e"]), (1, ["ab", "c", "d", "e"]),
    ])
    func `sets blocks side by side where there is room`(columnCount: Int, wanted: [String]) {
        let blocks = [["ab"], ["c", "d"], ["e"]]
        #expect(ImageDrawing.sideBySide(blocks, width: 3, columnCount: columnCount) == wanted)
    }
}
