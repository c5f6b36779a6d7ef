import MNIST
import Testing

@testable import ImageFiles

struct DigitNormalizationTests {
    @Test(arguments: ["drawing.png", "drawing.jpg", "progressive.jpg"])
    func `finds MNIST's image again in a drawing of it`(name: String) throws {
        let distance = try Fixtures.distance(Fixtures.digit(name).pixels, Fixtures.seven())
        #expect(distance < 6)
    }

    @Test func `finds MNIST's image again in a shaded and noisy photo of it`() throws {
        let photo = try Fixtures.digit("photo.jpg").pixels
        #expect(try Fixtures.distanceWithinAPixel(photo, Fixtures.seven()) < 6)
    }

    @Test func `lays each of MNIST's digits where MNIST has it`() throws {
        let dataset = try Fixtures.mnist.get()
        var placedCount = 0
        for index in 0..<100 {
            let original = dataset.test.image(at: index)
            // Three times as large, black on white, off centre.
            let (width, height) = (120, 100)
            var pixels = [UInt8](repeating: 255, count: width * height)
            for y in 0..<84 {
                for x in 0..<84 {
                    pixels[(y + 9) * width + x + 30] = 255 - original[y / 3 * 28 + x / 3]
                }
            }
            let digit = try DigitImage(
                normalizing: GrayPicture(width: width, height: height, pixels: pixels),
                name: "digit"
            )
            let distance = Fixtures.distanceWithinAPixel(digit.pixels, original)
            #expect(distance < 15, "test image \(index)")
            placedCount += distance == Fixtures.distance(digit.pixels, original) ? 1 : 0
        }
        #expect(placedCount >= 80)
    }

    @Test func `gives a picture and its negative the same image`() throws {
        let picture = try PNGReading.decode(Fixtures.bytes("drawing.png"), name: "drawing.png")
        let digit = try DigitImage(normalizing: picture, name: "")
        let negative = try DigitImage(normalizing: picture.inverted, name: "")
        #expect(Fixtures.distance(digit.pixels, negative.pixels) < 0.5)
    }

    @Test func `fits a bar's longer side into 20 pixels, centred`() throws {
        // 40 columns and 200 rows of ink at the edge of a page: 4 by 20 pixels in the middle.
        var pixels = [UInt8](repeating: 250, count: 300 * 220)
        for y in 20..<220 {
            for x in 3..<43 { pixels[y * 300 + x] = 30 }
        }
        let digit = try DigitImage(
            normalizing: GrayPicture(width: 300, height: 220, pixels: pixels),
            name: ""
        )
        let expected = (0..<784).map { index -> UInt8 in
            (4..<24).contains(index / 28) && (12..<16).contains(index % 28) ? 255 : 0
        }
        #expect(digit.pixels == expected)
    }

    @Test func `keeps a fine pen's line bright`() throws {
        var pixels = [UInt8](repeating: 255, count: 400 * 400)
        for y in 100..<300 {
            pixels[y * 400 + 200] = 0
            pixels[200 * 400 + y] = 0
        }
        let digit = try DigitImage(
            normalizing: GrayPicture(width: 400, height: 400, pixels: pixels),
            name: ""
        )
        #expect(digit.pixels.max() == 255)
    }

    @Test func `takes pictures of every small size`() throws {
        for height in 1...12 {
            for width in 1...12 where width * height > 1 {
                var pixels = [UInt8](repeating: 0, count: width * height)
                pixels[pixels.count / 2] = 255
                let digit = try DigitImage(
                    normalizing: GrayPicture(width: width, height: height, pixels: pixels),
                    name: ""
                )
                #expect(digit.pixels.max() == 255, "\(width)×\(height)")
            }
        }
    }

    @Test func `refuses a picture without a digit`() {
        #expect(throws: ImageFileError.blank(file: "blank.png")) {
            try Fixtures.digit("blank.png")
        }
        let faint = (0..<900).map { UInt8($0 % 2 * 20) }
        #expect(throws: ImageFileError.blank(file: "faint")) {
            try DigitImage(
                normalizing: GrayPicture(width: 30, height: 30, pixels: faint),
                name: "faint"
            )
        }
    }
}
