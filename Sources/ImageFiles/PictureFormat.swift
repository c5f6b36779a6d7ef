/// A format of pictures, told by how its files open.
enum PictureFormat: String, CaseIterable {
    /// Portable Network Graphics.
    case png = "PNG"
    /// JPEG File Interchange Format and its like.
    case jpeg = "JPEG"
    /// A RIFF container of WebP data.
    case webp = "WebP"
    /// Graphics Interchange Format.
    case gif = "GIF"
    /// A bitmap of Windows.
    case bmp = "BMP"
    /// Tagged Image File Format of either byte order.
    case tiff = "TIFF"
    /// Portable anymap: PBM, PGM, PPM.
    case portable = "PNM"

    /// Tells the format by a file's first bytes; nil where it is none of these.
    init?(of bytes: [UInt8]) {
        let found = Self.allCases.first { format in
            format.starts.contains { bytes.starts(with: $0) }
        }
        guard let found, found != .webp || bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
        else {
            return nil
        }
        self = found
    }

    private var starts: [[UInt8]] {
        switch self {
        case .png: [[0x89, 0x50, 0x4E, 0x47]]
        case .jpeg: [[0xFF, 0xD8]]
        case .webp: [Array("RIFF".utf8)]
        case .gif: [Array("GIF8".utf8)]
        case .bmp: [Array("BM".utf8)]
        case .tiff: [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A]]
        case .portable: ["P1", "P2", "P3", "P4", "P5", "P6"].map { Array($0.utf8) }
        }
    }
}
