import Figures
import Testing

@testable import Reporting

/// What TensorBoard and the report draw; TensorBoard's own test decodes the PNG.
struct PlainPictureTests {
    @Test func `is a PNG of its size`() {
        let png = PlainPicture(gray: [0, 128, 255, 7, 8, 9], width: 3, enlarged: 2).png
        #expect(png.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(png[16..<24] == [0, 0, 0, 6, 0, 0, 0, 4])
        // The last part has no content, and a checksum that every PNG has.
        #expect(png.suffix(8) == [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    }

    @Test func `fills what lies within it`() {
        let black = PlainPicture.Colour(0, 0, 0)
        var picture = PlainPicture(width: 2, height: 2, colour: PlainPicture.Colour(9, 9, 9))
        let before = picture
        picture.fill(5..<9, -3..<0, black)
        #expect(picture.png.count == before.png.count + 3, "a colour more, and no other pixel")
        picture.fill(-1..<1, 1..<7, black)
        picture.fill(0..<2, 0..<2, black)
        var whole = before
        whole.fill(0..<2, 0..<2, black)
        #expect(picture == whole)
    }

    @Test func `draws a matrix whatever its counts are`() {
        var confusion = ConfusionMatrix(classCount: 10)
        for _ in 0..<12_345 { confusion.add(label: 3, prediction: 3) }
        confusion.add(label: 3, prediction: 9)
        let picture = ConfusionPicture.picture(of: confusion)
        #expect(picture.width == picture.height && picture.width == 396)
    }
}
