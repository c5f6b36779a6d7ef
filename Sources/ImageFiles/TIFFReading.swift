private import CTIFF

/// TIFF files.
enum TIFFReading {
    /// Decodes a TIFF's first picture, turned upright where it says how.
    ///
    /// - Throws: when the picture is too large, is compressed in a way that no scanner or camera
    ///   does, or libtiff cannot decode it.
    static func decode(
        _ bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> GrayPicture {
        let source = TIFFSource(bytes)
        defer { withExtendedLifetime(source) {} }
        guard let tiff = source.open() else { throw damage(name) }
        defer { TIFFClose(tiff) }
        var width: UInt32 = 0
        var height: UInt32 = 0
        guard tiff_uint32_field(tiff, UInt32(TIFFTAG_IMAGEWIDTH), &width) == 1,
            tiff_uint32_field(tiff, UInt32(TIFFTAG_IMAGELENGTH), &height) == 1
        else { throw damage(name) }
        try GrayPicture.check(width: Int(width), height: Int(height), of: name)
        try TIFFParts(tiff).check(bytes, pixelCount: Int(width) * Int(height), name: name)
        var orientation: UInt16 = 1
        _ = tiff_uint16_field(tiff, UInt32(TIFFTAG_ORIENTATION), &orientation)
        // libtiff flips, but does not turn: it shall do neither.
        let upright = Int32(ORIENTATION_TOPLEFT)
        _ = tiff_set_uint16_field(tiff, UInt32(TIFFTAG_ORIENTATION), upright)
        var rgba = [UInt8](repeating: 0, count: 4 * Int(width) * Int(height))
        let isWhole = rgba.withUnsafeMutableBytes { buffer in
            let raster = buffer.assumingMemoryBound(to: UInt32.self).baseAddress
            // 1: it stops at the first error.
            return TIFFReadRGBAImageOriented(tiff, width, height, raster, upright, 1) == 1
        }
        guard isWhole else { throw damage(name) }
        // A word holds red in its lowest byte and alpha in its highest, which is this order in
        // memory on every CPU that this program is built for.
        return GrayPicture(width: Int(width), height: Int(height), rgba: rgba)
            .turned(by: PictureOrientation(rawValue: Int(orientation)) ?? .upright)
    }

    private static func damage(_ name: String) -> ImageFileError {
        .damaged(file: name, format: "TIFF", reason: "libtiff reads no picture from it")
    }
}

/// The strips or tiles of a TIFF: a file of a few kilobytes can promise gigabytes in them.
private struct TIFFParts {
    private let tiff: OpaquePointer

    init(_ tiff: OpaquePointer) { self.tiff = tiff }

    /// Bytes of all decoded parts for a pixel of the picture: four samples of 16 bits, twice for
    /// tiles that lie half outside.
    private static let decodedSizeMax = 16
    /// What a few tiles of a small picture may have beyond it.
    private static let decodedSizeFree = 1 << 24

    /// Checks that decoding takes no more time and memory than the picture's size explains.
    func check(_ bytes: [UInt8], pixelCount: Int, name: String) throws(ImageFileError) {
        func damage(_ reason: String) -> ImageFileError {
            .damaged(file: name, format: "TIFF", reason: reason)
        }
        var compression: UInt16 = 1
        _ = tiff_uint16_field(tiff, UInt32(TIFFTAG_COMPRESSION), &compression)
        guard Self.compressions.contains(Int32(compression)) else {
            throw .unsupported(
                file: name,
                found: "a TIFF with compression \(compression)",
                expected: "LZW, Deflate, JPEG or fax compression"
            )
        }
        let isTiled = TIFFIsTiled(tiff) != 0
        let count = Int(isTiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff))
        let size = Int(isTiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff))
        let (decodedSize, isOverflow) = count.multipliedReportingOverflow(by: size)
        guard !isOverflow,
            decodedSize <= Self.decodedSizeMax * pixelCount + Self.decodedSizeFree
        else { throw damage("its parts are larger than its picture") }
        var storedSize = 0
        var scannedSize = 0
        for index in 0..<count {
            let offset = Int(clamping: TIFFGetStrileOffset(tiff, UInt32(index)))
            let length = min(
                bytes.count,
                Int(clamping: TIFFGetStrileByteCount(tiff, UInt32(index)))
            )
            storedSize += length
            // Each part is read once; where they overlap, a small file is read again and again.
            guard storedSize <= 2 * bytes.count else { throw damage("its parts overlap") }
            if Int32(compression) == COMPRESSION_JPEG, offset < bytes.count {
                let part = Array(bytes[offset..<min(bytes.count - offset, length) + offset])
                scannedSize += max(1, JPEGScans.count(in: part)) * size
            }
        }
        guard scannedSize <= JPEGScans.pixelCountMax else {
            throw .tooManyScans(
                file: name,
                found: scannedSize / max(1, decodedSize),
                countMax: JPEGScans.pixelCountMax / max(1, decodedSize)
            )
        }
    }

    /// Those of scanners, cameras and the programs for them, none of which grows without bounds.
    private static let compressions: Set<Int32> = [
        COMPRESSION_NONE, COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4,
        COMPRESSION_LZW, COMPRESSION_JPEG, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE,
        COMPRESSION_PACKBITS,
    ]
}

/// A TIFF file in memory, as libtiff reads it.
private final class TIFFSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the first directory; nil where there is none. The source must outlive what is opened.
    func open() -> OpaquePointer? {
        guard let options = TIFFOpenOptionsAlloc() else { return nil }
        defer { TIFFOpenOptionsFree(options) }
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, tmsize_t(8 * GrayPicture.pixelCountMax))
        TIFFOpenOptionsSetWarningHandlerExtR(options, { _, _, _, _, _ in 1 }, pointer)
        TIFFOpenOptionsSetErrorHandlerExtR(options, { _, _, _, _, _ in 1 }, pointer)
        // m: not mapped, but read through these functions.
        return TIFFClientOpenExt(
            "picture",
            "rm",
            pointer,
            { TIFFSource.of($0).read(into: $1, count: Int($2)) },
            { _, _, _ in 0 },
            { TIFFSource.of($0).seek(to: $1, from: $2) },
            { _ in 0 },
            { UInt64(TIFFSource.of($0).bytes.count) },
            nil,
            nil,
            options
        )
    }

    private static func of(_ pointer: UnsafeMutableRawPointer?) -> TIFFSource {
        guard let pointer else { preconditionFailure("libtiff reads from nothing") }
        return Unmanaged<TIFFSource>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func read(into buffer: UnsafeMutableRawPointer?, count: Int) -> tmsize_t {
        let readCount = min(max(0, count), bytes.count - min(position, bytes.count))
        guard let buffer, readCount > 0 else { return 0 }
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: $0.baseAddress! + position, byteCount: readCount)
        }
        position += readCount
        return tmsize_t(readCount)
    }

    private func seek(to offset: UInt64, from origin: Int32) -> UInt64 {
        let start =
            switch origin {
            case SEEK_CUR: position
            case SEEK_END: bytes.count
            default: 0
            }
        let (sum, isOverflow) = start.addingReportingOverflow(Int(truncatingIfNeeded: offset))
        guard !isOverflow, sum >= 0 else { return UInt64.max }
        position = sum
        return UInt64(sum)
    }
}
