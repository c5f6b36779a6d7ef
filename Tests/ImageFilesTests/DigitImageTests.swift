import Foundation
import MNIST
import Testing

@testable import ImageFiles

struct DigitImageTests {
    @Test(arguments: [
        "gray.png", "rgb.png", "rgba.png", "palette.png", "gray16.png", "inverted.png",
        "white-on-nothing.png", "black-on-nothing.png", "digit.gif", "digit.webp", "digit.tif",
        "lzw.tif", "digit.bmp", "rgb.bmp", "digit.pgm", "digit.ppm",
    ])
    func `takes a 28×28 picture byte for byte, as white on black`(name: String) throws {
        #expect(try DigitImage.read(path: Fixtures.path(name)).pixels == Fixtures.seven())
    }

    @Test func `would take every image of MNIST as it is`() throws {
        let dataset = try Fixtures.mnist.get()
        for index in stride(from: 0, to: dataset.training.count, by: 60) {
            let pixels = dataset.training.image(at: index)
            let picture = GrayPicture(width: 28, height: 28, pixels: pixels)
            #expect(try DigitImage(of: picture, name: "").pixels == pixels, "image \(index)")
        }
    }

    @Test func `inverts a 28×28 picture whose border is over 127, and no darker one`() throws {
        for (level, expected) in [(100, 100), (127, 127), (128, 127), (255, 0)] {
            var pixels = [UInt8](repeating: UInt8(level), count: 784)
            pixels[400] = 50
            let picture = GrayPicture(width: 28, height: 28, pixels: pixels)
            let digit = try DigitImage(of: picture, name: "")
            var wanted = [UInt8](repeating: UInt8(expected), count: 784)
            wanted[400] = level > 127 ? 205 : 50
            #expect(digit.pixels == wanted)
        }
    }

    @Test func `refuses a 28×28 picture without a digit, as one of any other size`() {
        for level: UInt8 in [0, 90, 232] {
            let pixels = (0..<784).map { level + UInt8($0 % 24) }
            #expect(throws: ImageFileError.blank(file: "blank")) {
                try DigitImage(
                    of: GrayPicture(width: 28, height: 28, pixels: pixels),
                    name: "blank"
                )
            }
        }
    }

    @Test func `answers every truncation of a picture with an error or an image`() throws {
        var imageCount = 0
        for name in ["gray.png", "palette.png", "small.jpg"] {
            let bytes = try Fixtures.bytes(name)
            for count in 0..<bytes.count {
                do throws(ImageFileError) {
                    _ = try DigitImage.decode(Array(bytes.prefix(count)), name: name)
                    imageCount += 1
                    #expect(bytes.count - count <= 16, "\(name) cut to \(count)")
                } catch {
                    #expect("\(error)".hasPrefix(name + ": "))
                }
            }
        }
        // libpng does not need the checksum and the mark at a file's end.
        #expect(imageCount <= 32)
    }

    @Test func `answers damaged pictures with an error or an image`() throws {
        for name in [
            "gray.png", "palette.png", "small.jpg", "digit.gif", "digit.webp", "lzw.tif",
            "digit.bmp", "digit.pgm",
        ] {
            let bytes = try Fixtures.bytes(name)
            for index in bytes.indices {
                for flip: UInt8 in [0x01, 0x80, 0xFF] {
                    var damaged = bytes
                    damaged[index] ^= flip
                    let digit = try? DigitImage.decode(damaged, name: name)
                    #expect(digit == nil || digit?.pixels.count == 784)
                }
            }
        }
    }

    @Test func `answers random bytes with an error, behind any plausible start`() {
        var generator = SystemRandomNumberGenerator()
        let others = [
            "RIFF\u{40}\0\0\0WEBPVP8 ", "GIF89a", "II*\0", "MM\0*", "BM", "P2\n", "P5\n90 90\n",
        ].map { Array($0.utf8) }
        let starts: [[UInt8]] = [
            [], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], [0xFF, 0xD8, 0xFF],
            [0xFF, 0xD8, 0xFF, 0xE1, 0, 40, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x49, 0x49],
        ]
        for start in starts + others {
            for size in 0..<100 {
                let tail = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
                #expect(throws: ImageFileError.self, "\(start + tail)") {
                    try DigitImage.decode(start + tail, name: "random")
                }
            }
        }
    }

    @Test func `names the formats that are read when the file has another`() {
        for (start, format) in [("ftypheic", "HEIF"), ("ftypavif", "HEIF")] {
            let error = ImageFileError.unknownFormat(file: "a", format: format)
            #expect(throws: error) { try DigitImage.decode([0, 0, 0, 24] + start.utf8, name: "a") }
        }
        let error = ImageFileError.unknownFormat(file: "make.py")
        #expect(throws: error) { try Fixtures.digit("make.py") }
        #expect("\(error)".contains("PNG, JPEG, WebP, GIF, TIFF, BMP, PGM"))
        #expect(!"\(error)".contains("PBM"))
    }

    @Test func `says that an animation is no picture`() {
        let error = #expect(throws: ImageFileError.self) { try Fixtures.digit("animation.webp") }
        #expect("\(error!)".contains("an animation"), "\(error!)")
    }

    @Test func `refuses more than 16,384 rows or columns, or 67,108,864 pixels`() {
        #expect(throws: ImageFileError.tooLarge(file: "wide.png", width: 16_385, height: 1)) {
            try Fixtures.digit("wide.png")
        }
        #expect(throws: ImageFileError.tooLarge(file: "tall.jpg", width: 1, height: 16_385)) {
            try Fixtures.digit("tall.jpg")
        }
        #expect(throws: ImageFileError.tooLarge(file: "large.png", width: 8_193, height: 8_192)) {
            try Fixtures.digit("large.png")
        }
    }

    @Test(arguments: ["cmyk.jpg", "cmyk.tif", "jpeg.tif"])
    func `reads what is in colours for print, and a JPEG within a TIFF`(name: String) throws {
        let distance = try Fixtures.distance(Fixtures.digit(name).pixels, Fixtures.seven())
        #expect(distance < 12)
    }

    @Test func `says what the system says of a file that it cannot read`() {
        for path in ["/nowhere/digit.png", "/"] {
            let error = #expect(throws: ImageFileError.self) { try DigitImage.read(path: path) }
            #expect("\(error!)".hasPrefix(path + ": cannot be read"), "\(error!)")
        }
    }
}
