/// A format of pictures, told by how its files open, whatever their names end in.
package enum PictureFormat: String, CaseIterable, Sendable {
    /// Portable Network Graphics.
    case png = "PNG"
    /// JPEG File Interchange Format and its like.
    case jpeg = "JPEG"
    /// A RIFF container of WebP data.
    case webp = "WebP"
    /// Graphics Interchange Format.
    case gif = "GIF"
    /// Tagged Image File Format of either byte order.
    case tiff = "TIFF"
    /// A bitmap of Windows.
    case bmp = "BMP"
    /// A portable graymap, or a pixmap, which is the same in colours.
    case pgm = "PGM"
    /// A portable bitmap, of one bit a pixel, which no library here reads.
    case pbm = "PBM"
    /// High Efficiency Image File Format, which no library here reads.
    case heif = "HEIF"

    /// What the names of files end in that are read, in small letters.
    package static let endings = [
        "png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "bmp", "pgm", "ppm",
    ]
    /// The names of the formats that are read.
    package static let namesRead = allCases.filter { $0 != .pbm && $0 != .heif }.map(\.rawValue)
        .joined(separator: ", ")

    /// Tells the format by a file's first bytes; nil where it is none of these.
    package init?(of bytes: [UInt8]) {
        let found = Self.allCases.first { format in
            format.starts.contains { bytes.dropFirst(format.startOffset).starts(with: $0) }
        }
        guard let found, found != .webp || bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
        else {
            return nil
        }
        self = found
    }

    /// How many bytes of any kind stand before the start.
    private var startOffset: Int { self == .heif ? 4 : 0 }

    private var starts: [[UInt8]] {
        switch self {
        case .png: [[0x89, 0x50, 0x4E, 0x47]]
        case .jpeg: [[0xFF, 0xD8]]
        case .webp: [Array("RIFF".utf8)]
        case .gif: [Array("GIF8".utf8)]
        case .bmp: [Array("BM".utf8)]
        case .tiff: [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A]]
        case .pgm: ["P2", "P3", "P5", "P6"].map { Array($0.utf8) }
        case .pbm: ["P1", "P4"].map { Array($0.utf8) }
        case .heif: ["heic", "heix", "mif1", "avif"].map { Array("ftyp\($0)".utf8) }
        }
    }
}
