/// How a camera was held when it took a picture: what must be done to the stored rows to see the
/// picture upright.
///
/// The raw values are those of the Exif tag 0x0112 (Exif 2.32, 4.6.4 A).
package enum PictureOrientation: Int, Equatable, Sendable {
    /// The rows are stored as they are seen.
    case upright = 1
    /// Left and right are exchanged.
    case mirrored = 2
    /// The picture stands on its head.
    case upsideDown = 3
    /// Top and bottom are exchanged.
    case flipped = 4
    /// Rows and columns are exchanged.
    case transposed = 5
    /// The picture's top is stored at the right.
    case turnClockwise = 6
    /// Rows and columns are exchanged and it stands on its head.
    case transversed = 7
    /// The picture's top is stored at the left.
    case turnCounterclockwise = 8

    private static let tag = 0x0112

    /// Finds the orientation in a JPEG's Exif segment; upright where there is none or it is
    /// damaged.
    package init(of jpeg: [UInt8]) {
        self = Self.exif(in: jpeg).flatMap(Self.find) ?? .upright
    }

    /// Finds the orientation in a PNG's eXIf chunk; upright where there is none or it is damaged.
    ///
    /// Chunks follow the signature of eight bytes: the length of what they hold, a type, that, a
    /// checksum (PNG, third edition, 5.3 and 11.3.4.4).
    package init(ofPNG png: [UInt8]) {
        var position = 8
        while position + 12 <= png.count {
            let length = png[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            guard position + 12 + length <= png.count else { break }
            if png[position + 4..<position + 8].elementsEqual("eXIf".utf8) {
                self = Self.find(in: png[position + 8..<position + 8 + length]) ?? .upright
                return
            }
            position += 12 + length
        }
        self = .upright
    }

    /// Finds the orientation in a WebP's EXIF chunk; upright where there is none or it is damaged.
    ///
    /// Chunks follow `RIFF`, a size and `WEBP`: a type, a length, what they hold, a byte more where
    /// that is odd (RFC 9649, 2.3 and 2.7.1.5).
    package init(ofWebP webp: [UInt8]) {
        let intro = Array("Exif".utf8) + [0, 0]
        var position = 12
        while position + 8 <= webp.count {
            let length = webp[position + 4..<position + 8].reversed().reduce(0) {
                $0 << 8 | Int($1)
            }
            let start = position + 8
            guard start + length <= webp.count else { break }
            if webp[position..<position + 4].elementsEqual("EXIF".utf8) {
                let content = webp[start..<start + length]
                // Some programs begin it as in a JPEG.
                let tiff = content.starts(with: intro) ? content.dropFirst(intro.count) : content
                self = Self.find(in: tiff) ?? .upright
                return
            }
            position = start + length + length % 2
        }
        self = .upright
    }

    /// Walks the segments before the picture data: 0xFF, a marker, the length of what follows.
    private static func exif(in jpeg: [UInt8]) -> ArraySlice<UInt8>? {
        let intro = Array("Exif".utf8) + [0, 0]
        var position = 2
        while position + 4 <= jpeg.count, jpeg[position] == 0xFF, jpeg[position + 1] != 0xDA {
            let length = Int(jpeg[position + 2]) << 8 | Int(jpeg[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= jpeg.count else { return nil }
            let content = jpeg[position + 4..<end]
            if jpeg[position + 1] == 0xE1, content.starts(with: intro) {
                return content.dropFirst(intro.count)
            }
            position = end
        }
        return nil
    }

    /// Looks the tag up in the first directory of the segment's TIFF structure.
    private static func find(in tiff: ArraySlice<UInt8>) -> PictureOrientation? {
        let isLittleEndian = tiff.starts(with: Array("II".utf8))
        guard isLittleEndian || tiff.starts(with: Array("MM".utf8)) else { return nil }
        /// Reads a number of `size` bytes; nil outside the structure.
        func number(at offset: Int, size: Int) -> Int? {
            guard offset >= 0, offset + size <= tiff.count else { return nil }
            let field = tiff[tiff.startIndex + offset..<tiff.startIndex + offset + size]
            let bytes = isLittleEndian ? Array(field.reversed()) : Array(field)
            return bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(at: 4, size: 4), let count = number(at: directory, size: 2)
        else { return nil }
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let found = number(at: entry, size: 2) else { return nil }
            if found == tag {
                return number(at: entry + 8, size: 2).flatMap(PictureOrientation.init)
            }
        }
        return nil
    }
}

extension GrayPicture {
    /// The picture as it is seen, from rows stored with the orientation.
    func turned(by orientation: PictureOrientation) -> GrayPicture {
        let (w, h) = (width, height)
        return switch orientation {
        case .upright: self
        case .mirrored: mapped(w, h) { x, y in (w - 1 - x, y) }
        case .upsideDown: mapped(w, h) { x, y in (w - 1 - x, h - 1 - y) }
        case .flipped: mapped(w, h) { x, y in (x, h - 1 - y) }
        case .transposed: mapped(h, w) { x, y in (y, x) }
        case .turnClockwise: mapped(h, w) { x, y in (y, h - 1 - x) }
        case .transversed: mapped(h, w) { x, y in (w - 1 - y, h - 1 - x) }
        case .turnCounterclockwise: mapped(h, w) { x, y in (w - 1 - y, x) }
        }
    }

    /// Builds a picture whose pixel (x, y) is this one's at `source(x, y)`.
    private func mapped(
        _ newWidth: Int,
        _ newHeight: Int,
        source: (Int, Int) -> (Int, Int)
    ) -> GrayPicture {
        var turned = [UInt8](repeating: 0, count: pixels.count)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let (sourceX, sourceY) = source(x, y)
                turned[y * newWidth + x] = pixels[sourceY * width + sourceX]
            }
        }
        return GrayPicture(width: newWidth, height: newHeight, pixels: turned)
    }
}
