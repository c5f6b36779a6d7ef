private import CWebP

/// WebP files.
enum WebPReading {
    /// Decodes a WebP's still picture, turned upright where its camera noted how it was held.
    ///
    /// - Throws: when the picture is too large, is an animation, or libwebp cannot decode it.
    static func decode(
        _ bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> GrayPicture {
        var features = WebPBitstreamFeatures()
        guard
            WebPGetFeaturesInternal(bytes, bytes.count, &features, WEBP_DECODER_ABI_VERSION)
                == VP8_STATUS_OK
        else { throw .damaged(file: name, format: "WebP", reason: "no picture begins") }
        guard features.has_animation == 0 else {
            throw .unsupported(file: name, found: "an animation", expected: "a still picture")
        }
        let (width, height) = (Int(features.width), Int(features.height))
        try GrayPicture.check(width: width, height: height, of: name)
        var rgba = [UInt8](repeating: 0, count: 4 * width * height)
        let size = rgba.count
        guard WebPDecodeRGBAInto(bytes, bytes.count, &rgba, size, Int32(4 * width)) != nil else {
            throw .damaged(file: name, format: "WebP", reason: "its picture does not decode")
        }
        return GrayPicture(width: width, height: height, rgba: rgba)
            .turned(by: PictureOrientation(ofWebP: bytes))
    }
}
