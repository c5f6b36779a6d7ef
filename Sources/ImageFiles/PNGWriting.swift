private import CPNG

/// Gray pictures as PNG files.
package enum PNGWriting {
    /// Encodes a picture of 8-bit gray, row by row; nil if libpng cannot.
    ///
    /// - Precondition: there are `width` × `height` pixels.
    package static func encode(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8]? {
        precondition(pixels.count == width * height, "\(pixels.count) pixels")
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        (image.width, image.height) = (png_uint_32(width), png_uint_32(height))
        image.format = png_uint_32(0)  // PNG_FORMAT_GRAY
        var size = 0
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: size)
        guard png_image_write_to_memory(&image, &bytes, &size, 0, pixels, 0, nil) != 0 else {
            return nil
        }
        return Array(bytes.prefix(size))
    }
}
