private import CTurboJPEG

/// JPEG files.
enum JPEGReading {
    /// Decodes a JPEG's brightness, turned upright where its camera noted how it was held.
    ///
    /// A file that libjpeg-turbo warns of is refused: what it would make up for missing parts might
    /// look like a digit.
    ///
    /// - Throws: when the picture is too large or libjpeg-turbo cannot decode it.
    static func decode(
        _ bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> GrayPicture {
        guard let decoder = tjInitDecompress() else {
            throw .damaged(file: name, format: "JPEG", reason: message(of: nil))
        }
        defer { tjDestroy(decoder) }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colorspace: Int32 = 0
        let size = UInt(bytes.count)
        guard
            tjDecompressHeader3(
                decoder,
                bytes,
                size,
                &width,
                &height,
                &subsampling,
                &colorspace
            ) == 0
        else { throw .damaged(file: name, format: "JPEG", reason: message(of: decoder)) }
        try GrayPicture.check(width: Int(width), height: Int(height), of: name)
        let scanCount = JPEGScans.count(in: bytes)
        let scanCountMax = JPEGScans.countMax(pixelCount: Int(width) * Int(height))
        guard scanCount <= scanCountMax else {
            throw .tooManyScans(file: name, found: scanCount, countMax: scanCountMax)
        }
        let isForPrint = [TJCS_CMYK, TJCS_YCCK].contains { Int32($0.rawValue) == colorspace }
        let format = isForPrint ? TJPF_CMYK : TJPF_GRAY
        let sampleCount = isForPrint ? 4 : 1
        var pixels = [UInt8](repeating: 0, count: sampleCount * Int(width) * Int(height))
        // What is no scan by the count above, and is one to libjpeg-turbo, ends here.
        let flags = TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT
        guard
            tjDecompress2(
                decoder,
                bytes,
                size,
                &pixels,
                width,
                0,
                height,
                Int32(format.rawValue),
                flags
            ) == 0
        else { throw .damaged(file: name, format: "JPEG", reason: message(of: decoder)) }
        let picture =
            isForPrint
            ? GrayPicture(width: Int(width), height: Int(height), invertedCMYK: pixels)
            : GrayPicture(width: Int(width), height: Int(height), pixels: pixels)
        return picture.turned(by: PictureOrientation(of: bytes))
    }

    private static func message(of decoder: tjhandle?) -> String {
        tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "no reason given"
    }
}
