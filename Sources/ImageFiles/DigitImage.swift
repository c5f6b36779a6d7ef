private import PlainFiles

/// A digit as MNIST has it: 28×28 gray bytes, white on black.
///
/// A picture of exactly 28×28 pixels is taken as it is, byte for byte; only when the mean of its
/// outermost pixels is over 127 is it black on white, and is inverted. A picture of any other size
/// is brought to 28×28 as MNIST was made; see `init(normalizing:name:)`.
package struct DigitImage: Equatable, Sendable {
    /// Rows of the image, and pixels of a row.
    package static let side = 28
    /// The most bytes of a file that are read: as many pixels as are accepted, of 4 bytes.
    package static let fileSizeMax = 4 * GrayPicture.pixelCountMax

    /// Levels between the darkest and the lightest pixel, fewer than which show no digit.
    private static let contrastMin: UInt8 = 24

    /// [28, 28], row by row, 0 black to 255 white.
    package let pixels: [UInt8]

    /// Takes pixels that are in MNIST's form already.
    ///
    /// - Precondition: there are `side`·`side`.
    package init(pixels: [UInt8]) {
        precondition(pixels.count == Self.side * Self.side, "\(pixels.count) pixels")
        self.pixels = pixels
    }

    /// Reads a picture's file.
    ///
    /// - Throws: when the file cannot be read or decoded, is too large, or shows nothing.
    package static func read(path: String) throws(ImageFileError) -> DigitImage {
        try DigitImage(of: try GrayPicture.read(path: path), name: path)
    }

    /// Whether there is a file that opens as a picture does; its format may be one that is not
    /// read.
    package static func isPicture(path: String) -> Bool {
        PictureFormat(of: RegularFile.start(of: path, size: 16)) != nil
    }

    /// Decodes the bytes of a picture's file; `name` is what errors call it.
    ///
    /// The format shows in the first bytes, whatever the file's name ends in.
    ///
    /// - Throws: when the bytes cannot be decoded, the picture is too large, or shows nothing.
    package static func decode(
        _ bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> DigitImage {
        try DigitImage(of: try GrayPicture.decode(bytes, name: name), name: name)
    }

    /// Takes a picture of 28×28 as it is or inverted, and normalizes any other.
    ///
    /// - Throws: `ImageFileError.blank` when a picture shows nothing; `ImageFileError.several` when
    ///   one to normalize shows more than a digit.
    package init(of picture: GrayPicture, name: String) throws(ImageFileError) {
        if picture.width == Self.side, picture.height == Self.side {
            let (darkest, lightest) = (picture.pixels.min() ?? 0, picture.pixels.max() ?? 0)
            guard lightest - darkest >= Self.contrastMin else { throw .blank(file: name) }
            let upright = picture.borderMean > 127 ? picture.inverted : picture
            self.init(pixels: upright.pixels)
        } else {
            try self.init(normalizing: picture, name: name)
        }
    }
}
