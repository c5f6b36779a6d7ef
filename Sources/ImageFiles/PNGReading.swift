private import CPNG

extension GrayPicture {
    /// Decodes a PNG of any kind (gray, colour, palette, 1 to 16 bits, transparent, interlaced).
    ///
    /// libpng's simplified API brings all of them to 8-bit RGBA; see `init(rgba:)` for the way to
    /// gray.
    ///
    /// - Throws: when the picture is too large or libpng cannot decode it.
    package static func decodePNG(
        _ bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> GrayPicture {
        // libpng keeps a pointer to this structure between calls: it must not move.
        let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
        image.initialize(to: png_image())
        image.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
        defer {
            png_image_free(image)
            image.deallocate()
        }
        return try bytes.withUnsafeBufferPointer { buffer throws(ImageFileError) in
            guard png_image_begin_read_from_memory(image, buffer.baseAddress, buffer.count) != 0
            else { throw .damaged(file: name, format: "PNG", reason: message(of: image)) }
            let width = Int(image.pointee.width)
            let height = Int(image.pointee.height)
            try check(width: width, height: height, of: name)
            // Otherwise 16-bit files would be taken for linear light and come out brighter.
            image.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
            image.pointee.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
            var rgba = [UInt8](repeating: 0, count: 4 * width * height)
            guard png_image_finish_read(image, nil, &rgba, 0, nil) != 0 else {
                throw .damaged(file: name, format: "PNG", reason: message(of: image))
            }
            return GrayPicture(width: width, height: height, rgba: rgba)
                .turned(by: PictureOrientation(ofPNG: bytes))
        }
    }

    private static func message(of image: UnsafeMutablePointer<png_image>) -> String {
        withUnsafeBytes(of: image.pointee.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The luma of ITU-R BT.601, (299·R + 587·G + 114·B) / 1000, which leaves grays as they are.
    static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
        let sum: Int = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
        return UInt8((sum + 500) / 1000)
    }

    /// Turns colours to gray and lays transparent pixels over black or white.
    ///
    /// The ground is white, as a page is; it is black where most of the picture is transparent
    /// and what is drawn on it is light, as a white digit on nothing is.
    init(width: Int, height: Int, rgba: [UInt8]) {
        var pixels = [UInt8](repeating: 0, count: width * height)
        var alphaSum = 0
        var lightSum = 0
        for index in 0..<pixels.count {
            let alpha = Int(rgba[4 * index + 3])
            let luma = Self.luma(rgba[4 * index], rgba[4 * index + 1], rgba[4 * index + 2])
            alphaSum += alpha
            lightSum += Int(luma) * alpha
            pixels[index] = luma
        }
        let isMostlyTransparent = 2 * alphaSum < 255 * pixels.count
        let isLight = 2 * lightSum > 255 * alphaSum
        let ground = isMostlyTransparent && isLight ? 0 : 255
        for index in 0..<pixels.count {
            let alpha = Int(rgba[4 * index + 3])
            pixels[index] = UInt8((Int(pixels[index]) * alpha + ground * (255 - alpha) + 127) / 255)
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}
