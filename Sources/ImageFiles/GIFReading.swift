private import CGIF

/// GIF files.
enum GIFReading {
    /// Decodes a GIF's first picture.
    ///
    /// - Throws: when the picture is too large or giflib cannot decode it.
    static func decode(
        _ bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> GrayPicture {
        let source = GIFSource(bytes)
        defer { withExtendedLifetime(source) {} }
        var code: Int32 = 0
        guard let gif = source.open(&code) else { throw damage(code, name) }
        defer { DGifCloseFile(gif, nil) }
        let transparent = try skipToPicture(in: gif, name: name)
        let image = gif.pointee.Image
        let (width, height) = (Int(image.Width), Int(image.Height))
        try GrayPicture.check(width: width, height: height, of: name)
        guard let map = image.ColorMap ?? gif.pointee.SColorMap else {
            throw damage(Int32(D_GIF_ERR_NO_COLOR_MAP), name)
        }
        var rgba = [UInt8](repeating: 0, count: 4 * width * height)
        var row = [GifPixelType](repeating: 0, count: width)
        for y in rows(height: height, isInterlaced: image.Interlace) {
            guard DGifGetLine(gif, &row, Int32(width)) == GIF_OK else {
                throw damage(gif.pointee.Error, name)
            }
            for x in 0..<width where Int(row[x]) != transparent && row[x] < map.pointee.ColorCount {
                let color = map.pointee.Colors[Int(row[x])]
                let start = 4 * (y * width + x)
                rgba[start] = color.Red
                rgba[start + 1] = color.Green
                rgba[start + 2] = color.Blue
                rgba[start + 3] = 255
            }
        }
        return GrayPicture(width: width, height: height, rgba: rgba)
    }

    private static func damage(_ code: Int32, _ name: String) -> ImageFileError {
        let reason = GifErrorString(code).map { String(cString: $0) } ?? "no reason given"
        return .damaged(file: name, format: "GIF", reason: reason)
    }

    /// Reads what stands before the first picture, and its header.
    ///
    /// - Returns: the index of the colour that stands for none; nil where all are colours.
    private static func skipToPicture(
        in gif: UnsafeMutablePointer<GifFileType>,
        name: String
    ) throws(ImageFileError) -> Int? {
        var transparent: Int?
        var kind = UNDEFINED_RECORD_TYPE
        while true {
            guard DGifGetRecordType(gif, &kind) == GIF_OK else {
                throw damage(gif.pointee.Error, name)
            }
            guard kind == EXTENSION_RECORD_TYPE else { break }
            var code: Int32 = 0
            var block: UnsafeMutablePointer<GifByteType>?
            guard DGifGetExtension(gif, &code, &block) == GIF_OK else {
                throw damage(gif.pointee.Error, name)
            }
            while let content = block {
                // A block begins with its size: flags, a delay of two bytes, the colour.
                if code == GRAPHICS_EXT_FUNC_CODE, content[0] >= 4 {
                    transparent = content[1] & 1 == 1 ? Int(content[4]) : nil
                }
                guard DGifGetExtensionNext(gif, &block) == GIF_OK else {
                    throw damage(gif.pointee.Error, name)
                }
            }
        }
        guard kind == IMAGE_DESC_RECORD_TYPE else {
            throw .damaged(file: name, format: "GIF", reason: "it holds no picture")
        }
        guard DGifGetImageHeader(gif) == GIF_OK else { throw damage(gif.pointee.Error, name) }
        return transparent
    }

    /// The rows in the order in which a GIF stores them (GIF89a, appendix E).
    private static func rows(height: Int, isInterlaced: Bool) -> [Int] {
        guard isInterlaced else { return Array(0..<height) }
        return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { first, step in
            Array(stride(from: first, to: height, by: step))
        }
    }
}

/// A GIF file in memory, as giflib reads it.
private final class GIFSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the file's header; nil, and a code, where there is none. The source must outlive what
    /// is opened.
    func open(_ code: inout Int32) -> UnsafeMutablePointer<GifFileType>? {
        DGifOpen(
            Unmanaged.passUnretained(self).toOpaque(),
            { gif, buffer, count in
                guard let gif, let buffer else { return 0 }
                return Unmanaged<GIFSource>.fromOpaque(gif.pointee.UserData).takeUnretainedValue()
                    .read(into: buffer, count: Int(count))
            },
            &code
        )
    }

    private func read(into buffer: UnsafeMutablePointer<GifByteType>, count: Int) -> Int32 {
        let readCount = min(max(0, count), bytes.count - position)
        for index in 0..<readCount { buffer[index] = bytes[position + index] }
        position += readCount
        return Int32(readCount)
    }
}
