/// A picture of any accepted size as gray bytes.
package struct GrayPicture: Equatable, Sendable {
    /// The most rows and the most columns that are accepted, checked before any allocation.
    package static let sideMax = 16_384
    /// The most pixels that are accepted: 8,192·8,192, for cameras of up to 64 megapixels.
    package static let pixelCountMax = 1 << 26

    /// Pixels of a row.
    package let width: Int
    /// Rows.
    package let height: Int
    /// [height, width], row by row, 0 black to 255 white.
    package let pixels: [UInt8]

    /// Takes the pixels of a picture.
    ///
    /// - Precondition: there are `width`·`height` pixels, at least one.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "\(width)×\(height) is no picture")
        precondition(pixels.count == width * height, "\(pixels.count) ≠ \(width)·\(height)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Checks a size that a file claims.
    ///
    /// - Throws: `ImageFileError.tooLarge` for too many rows, columns or pixels, or none.
    static func check(width: Int, height: Int, of file: String) throws(ImageFileError) {
        guard (1...sideMax).contains(width), (1...sideMax).contains(height),
            width * height <= pixelCountMax
        else {
            throw .tooLarge(file: file, width: width, height: height)
        }
    }

    /// The mean of the picture's outermost pixels.
    var borderMean: Double {
        var sum = 0
        var count = 0
        for y in 0..<height {
            let isEdgeRow = y == 0 || y == height - 1
            let step = isEdgeRow ? 1 : max(1, width - 1)
            for x in stride(from: 0, to: width, by: step) {
                sum += Int(pixels[y * width + x])
                count += 1
            }
        }
        return Double(sum) / Double(count)
    }

    /// The picture with black and white exchanged.
    var inverted: GrayPicture {
        GrayPicture(width: width, height: height, pixels: pixels.map { 255 - $0 })
    }
}
