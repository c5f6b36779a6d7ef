/// A small picture of at most 256 colours, and its PNG.
package struct PlainPicture: Equatable, Sendable {
    /// Red, green and blue.
    package struct Colour: Hashable, Sendable {
        let bytes: [UInt8]

        /// Mixes a colour.
        package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { bytes = [red, green, blue] }
    }

    /// Pixels of a row.
    package let width: Int
    /// Which of the colours each pixel has, row by row.
    private var pixels: [UInt8]
    private var colours: [Colour]
    private var places: [Colour: UInt8]

    /// Rows.
    package var height: Int { pixels.count / width }

    /// A picture of one colour.
    ///
    /// - Precondition: it has a pixel.
    package init(width: Int, height: Int, colour: Colour) {
        precondition(width > 0 && height > 0, "\(width)×\(height)")
        self.width = width
        pixels = [UInt8](repeating: 0, count: width * height)
        (colours, places) = ([colour], [colour: 0])
    }

    /// A gray picture, each pixel of it a square of `factor` pixels a side.
    ///
    /// - Precondition: `width` divides the count of pixels.
    package init(gray: [UInt8], width: Int, enlarged factor: Int = 1) {
        precondition(width > 0 && gray.count.isMultiple(of: width), "\(gray.count) by \(width)")
        self.width = width * factor
        colours = (UInt8.min...UInt8.max).map { Colour($0, $0, $0) }
        places = [:]
        pixels = []
        for start in stride(from: 0, to: gray.count, by: width) {
            let row = gray[start..<start + width].flatMap { [UInt8](repeating: $0, count: factor) }
            for _ in 0..<factor { pixels += row }
        }
    }

    /// Colours a rectangle, as far as it lies in the picture.
    ///
    /// - Precondition: the picture has no more than 256 colours.
    package mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ colour: Colour) {
        let place = place(of: colour)
        let columns = columns.clamped(to: 0..<width)
        for row in rows.clamped(to: 0..<height) {
            for column in columns { pixels[row * width + column] = place }
        }
    }

    private mutating func place(of colour: Colour) -> UInt8 {
        if let place = places[colour] { return place }
        precondition(colours.count < 256, "more than 256 colours")
        colours.append(colour)
        places[colour] = UInt8(colours.count - 1)
        return UInt8(colours.count - 1)
    }

    /// The picture as a PNG file (ISO/IEC 15948) whose data are not compressed: these pictures are
    /// small.
    package var png: [UInt8] {
        let header =
            Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, 3, 0, 0, 0]
        var rows: [UInt8] = []
        for row in 0..<height {
            rows.append(0)
            rows += pixels[width * row..<width * (row + 1)]
        }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.part("IHDR", header)
            + Self.part("PLTE", colours.flatMap(\.bytes))
            + Self.part("IDAT", Self.stored(rows)) + Self.part("IEND", [])
    }

    private static func part(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let checked = Array(type.utf8) + content
        return bigEndian(UInt32(content.count)) + checked + bigEndian(crc(checked))
    }

    /// A zlib stream of blocks that are stored as they are (RFC 1950 and 1951).
    private static func stored(_ data: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: data.count, by: 65_535) {
            let block = data[start..<min(start + 65_535, data.count)]
            let size = UInt16(block.count)
            stream.append(start + block.count == data.count ? 1 : 0)
            stream += ProtobufEncoding.littleEndian(size)
            stream += ProtobufEncoding.littleEndian(~size)
            stream += block
        }
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in data {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + bigEndian(b << 16 | a)
    }

    private static func crc(_ data: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in data {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
