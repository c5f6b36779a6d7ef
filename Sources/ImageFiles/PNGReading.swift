private import CPNG

/// PNG files.
enum PNGReading {
    /// Decodes a PNG of any kind (gray, colour, palette, 1 to 16 bits, transparent, interlaced).
    ///
    /// libpng's simplified API brings all of them to 8-bit RGBA; see `init(rgba:)` for the way to
    /// gray.
    ///
    /// - Throws: when the picture is too large or libpng cannot decode it.
    static func decode(
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
            try GrayPicture.check(width: width, height: height, of: name)
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
}
