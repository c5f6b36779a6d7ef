private import PlainFiles

extension GrayPicture {
    /// Reads a picture's file.
    ///
    /// - Throws: when the file cannot be read or decoded, or is too large.
    package static func read(path: String) throws(ImageFileError) -> GrayPicture {
        let bytes: [UInt8]
        do {
            bytes = try RegularFile.read(path, sizeMax: DigitImage.fileSizeMax)
        } catch .isTooLarge(let sizeMax) {
            throw .fileTooLarge(file: path, sizeMax: sizeMax)
        } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
        return try decode(bytes, name: path)
    }

    /// Decodes the bytes of a picture's file; `name` is what errors call it.
    ///
    /// - Throws: when the bytes cannot be decoded, or the picture is too large.
    static func decode(_ bytes: [UInt8], name: String) throws(ImageFileError) -> GrayPicture {
        let format = PictureFormat(of: bytes)
        return switch format {
        case .png: try PNGReading.decode(bytes, name: name)
        case .jpeg: try JPEGReading.decode(bytes, name: name)
        case .webp: try WebPReading.decode(bytes, name: name)
        case .gif: try GIFReading.decode(bytes, name: name)
        case .tiff: try TIFFReading.decode(bytes, name: name)
        case .bmp: try BitmapReading.decode(bytes, .bmp, name: name)
        case .pgm: try BitmapReading.decode(bytes, .pgm, name: name)
        case .pbm, .heif, nil:
            throw .unknownFormat(file: name, format: format?.rawValue)
        }
    }

    /// The picture in a black square of `side`·`side`, as large as it fits: each pixel is the mean
    /// of what it covers.
    ///
    /// One of that size stays as it is, byte for byte.
    package func fitted(into side: Int, isInverted: Bool = false) -> [UInt8] {
        if isInverted { return inverted.fitted(into: side) }
        if width == side, height == side { return pixels }
        let scale = Double(max(width, height)) / Double(side)
        let (columns, rows) = (
            max(1, Int((Double(width) / scale).rounded())),
            max(1, Int((Double(height) / scale).rounded()))
        )
        let (left, top) = ((side - columns) / 2, (side - rows) / 2)
        var result = [UInt8](repeating: 0, count: side * side)
        for row in 0..<rows {
            let ys = covered(row, of: rows, size: height)
            for column in 0..<columns {
                let xs = covered(column, of: columns, size: width)
                var (sum, weight) = (0.0, 0.0)
                for (y, part) in ys {
                    for (x, other) in xs {
                        sum += part * other * Double(pixels[y * width + x])
                        weight += part * other
                    }
                }
                result[(top + row) * side + left + column] = UInt8((sum / weight).rounded())
            }
        }
        return result
    }

    /// The pixels of `size` that one of `count` equal parts covers, and how much of each.
    private func covered(_ index: Int, of count: Int, size: Int) -> [(Int, Double)] {
        let step = Double(size) / Double(count)
        let (start, end) = (Double(index) * step, min(Double(index + 1) * step, Double(size)))
        return (Int(start)..<min(size, Int(end.rounded(.up)))).map { pixel in
            (pixel, max(1e-9, min(end, Double(pixel + 1)) - max(start, Double(pixel))))
        }
    }
}
