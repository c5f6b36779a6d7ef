/// Fields of a protobuf message as bytes.
///
/// TensorBoard's messages that a run writes have few fields and are never read here: less than a
/// generated encoder and its runtime.
enum ProtobufEncoding {
    static func double(_ field: Int, _ value: Double) -> [UInt8] {
        varint(UInt64(field << 3 | 1)) + littleEndian(value.bitPattern)
    }

    static func float(_ field: Int, _ value: Float) -> [UInt8] {
        varint(UInt64(field << 3 | 5)) + littleEndian(value.bitPattern)
    }

    static func varint(_ field: Int, _ value: Int) -> [UInt8] {
        varint(UInt64(field << 3)) + varint(UInt64(bitPattern: Int64(value)))
    }

    static func text(_ field: Int, _ value: String) -> [UInt8] { bytes(field, Array(value.utf8)) }

    /// A field of bytes, or of a message's.
    static func bytes(_ field: Int, _ content: [UInt8]) -> [UInt8] {
        varint(UInt64(field << 3 | 2)) + varint(UInt64(content.count)) + content
    }

    /// A repeated field of doubles, packed.
    static func doubles(_ field: Int, _ values: [Double]) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(8 * values.count)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { content.append(contentsOf: $0) }
        }
        return bytes(field, content)
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var encoded: [UInt8] = []
        while rest >= 0x80 {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return encoded + [UInt8(rest)]
    }

    static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
