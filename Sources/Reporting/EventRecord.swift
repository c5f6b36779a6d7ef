/// Encodes TensorBoard's events: `tensorflow.Event` messages in TensorFlow's record frames.
///
/// Four messages of seven fields in all are less than a generated encoder and its runtime. Field
/// numbers: tensorboard/compat/proto/event.proto and summary.proto.
enum EventRecord {
    /// The first record of every file.
    static func version(time: Double) -> [UInt8] {
        framed(double(1, time) + bytes(3, Array("brain.Event:2".utf8)))
    }

    /// One point of each scalar at `step`; `time` in seconds since 1970.
    static func scalars(_ scalars: [Scalar], step: Int, time: Double) -> [UInt8] {
        let values = scalars.flatMap { scalar in
            bytes(1, bytes(1, Array(scalar.tag.utf8)) + float(2, Float(scalar.value)))
        }
        return framed(double(1, time) + varint(2, step) + bytes(5, values))
    }

    /// Length, its checksum, data, its checksum.
    private static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(data.count))
        return length + littleEndian(CRC32C.masked(length)) + data
            + littleEndian(CRC32C.masked(data))
    }

    private static func double(_ field: Int, _ value: Double) -> [UInt8] {
        varint(UInt64(field << 3 | 1)) + littleEndian(value.bitPattern)
    }

    private static func float(_ field: Int, _ value: Float) -> [UInt8] {
        varint(UInt64(field << 3 | 5)) + littleEndian(value.bitPattern)
    }

    private static func varint(_ field: Int, _ value: Int) -> [UInt8] {
        varint(UInt64(field << 3)) + varint(UInt64(bitPattern: Int64(value)))
    }

    private static func bytes(_ field: Int, _ content: [UInt8]) -> [UInt8] {
        varint(UInt64(field << 3 | 2)) + varint(UInt64(content.count)) + content
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var encoded: [UInt8] = []
        while rest >= 0x80 {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return encoded + [UInt8(rest)]
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
