private import CTurboJPEG
private import Glibc

/// Windows bitmaps, portable graymaps and pixmaps.
enum BitmapReading {
    /// Decodes a Windows bitmap or a portable graymap or pixmap, by the reader of both that comes
    /// with libjpeg-turbo.
    ///
    /// - Throws: when the picture is too large or the reader cannot decode it.
    static func decode(
        _ bytes: [UInt8],
        _ format: PictureFormat,
        name: String
    ) throws(ImageFileError) -> GrayPicture {
        func damage(_ reason: String) -> ImageFileError {
            .damaged(file: name, format: format.rawValue, reason: reason)
        }
        // Before the reader allocates what the header promises.
        let promised = format == .bmp ? bitmapSize(of: bytes) : graymapSize(of: bytes)
        guard let promised else { throw damage("no size was found") }
        try GrayPicture.check(width: promised.width, height: promised.height, of: name)
        let descriptor = try memoryFile(of: bytes, name: name)
        defer { close(descriptor) }
        var width: Int32 = 0
        var height: Int32 = 0
        var pixelFormat = Int32(TJPF_RGB.rawValue)
        let path = "/proc/self/fd/\(descriptor)"
        guard let decoded = tjLoadImage(path, &width, 1, &height, &pixelFormat, 0) else {
            throw damage(tjGetErrorStr2(nil).map { String(cString: $0) } ?? "no reason given")
        }
        defer { tjFree(decoded) }
        try GrayPicture.check(width: Int(width), height: Int(height), of: name)
        let pixels = (0..<Int(width) * Int(height)).map { index in
            GrayPicture.luma(decoded[3 * index], decoded[3 * index + 1], decoded[3 * index + 2])
        }
        return GrayPicture(width: Int(width), height: Int(height), pixels: pixels)
    }

    /// Puts the bytes into a file in memory, which goes with its descriptor: the reader wants a
    /// file's name.
    private static func memoryFile(
        of bytes: [UInt8],
        name: String
    ) throws(ImageFileError) -> Int32 {
        let closeOnExec: UInt32 = 1
        let descriptor = memfd_create("picture", closeOnExec)
        guard descriptor >= 0 else {
            throw .unreadable(file: name, reason: String(cString: strerror(errno)))
        }
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw .unreadable(file: name, reason: reason)
        }
        return descriptor
    }

    /// The size that a bitmap's header promises; a negative height means rows from the top.
    private static func bitmapSize(of bytes: [UInt8]) -> (width: Int, height: Int)? {
        func number(at offset: Int, size: Int) -> Int {
            bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        guard bytes.count >= 26 else { return nil }
        if number(at: 14, size: 4) == 12 {
            return (number(at: 18, size: 2), number(at: 20, size: 2))
        }
        let height = Int32(truncatingIfNeeded: number(at: 22, size: 4))
        return (number(at: 18, size: 4), Int(height.magnitude))
    }

    /// The size that a graymap's header promises: two numbers behind spaces and comments, which run
    /// from `#` to the line's end.
    private static func graymapSize(of bytes: [UInt8]) -> (width: Int, height: Int)? {
        var numbers: [Int] = []
        var isInComment = false
        var isInNumber = false
        for byte in bytes.dropFirst(2).prefix(65_536) {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if byte == UInt8(ascii: "#") { isInComment = true }
            if byte == UInt8(ascii: "\n") { isInComment = false }
            if !isInComment, isDigit {
                if !isInNumber { numbers.append(0) }
                // Beyond any size that is accepted, but not beyond what a number holds.
                let digit = Int(byte - UInt8(ascii: "0"))
                numbers[numbers.count - 1] = min(numbers[numbers.count - 1] * 10 + digit, 1 << 40)
            } else if numbers.count == 2, isInNumber {
                return (numbers[0], numbers[1])
            }
            isInNumber = !isInComment && isDigit
        }
        return nil
    }
}
