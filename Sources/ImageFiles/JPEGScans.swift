/// How often a JPEG goes over its pixels: each time costs a decoder as much as a whole picture.
///
/// A sequential file has one scan, or one a colour; progressive ones have about ten. A file of a
/// few kilobytes can have thousands.
enum JPEGScans {
    /// The most scans of any picture; those of the common programs have a fifth of that.
    private static let countMax = 100

    /// The most pixels that all scans go over: 10 scans of the largest picture, as progressive
    /// files have.
    static let pixelCountMax = 10 * GrayPicture.pixelCountMax

    /// How many scans a picture may have, by its count of pixels.
    static func countMax(pixelCount: Int) -> Int {
        min(countMax, pixelCountMax / max(pixelCount, 1))
    }

    /// Counts the scans by their headers (ITU-T T.81, B.1.1 and B.2.3).
    ///
    /// Within a scan 0xFF is followed by 0, or by a restart marker; every other marker ends it.
    static func count(in jpeg: [UInt8]) -> Int {
        var count = 0
        var position = 2
        while position + 1 < jpeg.count {
            let marker = jpeg[position + 1]
            guard jpeg[position] == 0xFF, marker != 0xFF, !isWithinScan(marker) else {
                // Data of a scan, or bytes that fill the space before a marker.
                position += 1
                continue
            }
            if marker == 0xD9 { return count }
            guard position + 3 < jpeg.count else { return count }
            if marker == 0xDA { count += 1 }
            position += 2 + max(2, Int(jpeg[position + 2]) << 8 | Int(jpeg[position + 3]))
        }
        return count
    }

    private static func isWithinScan(_ marker: UInt8) -> Bool {
        marker == 0 || marker == 1 || (0xD0...0xD8).contains(marker)
    }
}
