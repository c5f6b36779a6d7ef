/// Encodes TensorBoard's events: `tensorflow.Event` messages in TensorFlow's record frames.
///
/// Field numbers: tensorboard/compat/proto/event.proto.
enum EventRecord {
    /// The first record of every file.
    static func version(time: Double) -> [UInt8] {
        framed(
            ProtobufEncoding.double(1, time) + ProtobufEncoding.text(3, "brain.Event:2")
        )
    }

    /// What is seen at `step`; `time` in seconds since 1970.
    static func values(_ values: [EventValue], step: Int, time: Double) -> [UInt8] {
        let summary = values.flatMap { ProtobufEncoding.bytes(1, $0.bytes) }
        return framed(head(step: step, time: time) + ProtobufEncoding.bytes(5, summary))
    }

    /// A start that goes on: what earlier files have from `step` on counts no more.
    static func start(step: Int, time: Double) -> [UInt8] {
        let start = 1
        return framed(
            head(step: step, time: time)
                + ProtobufEncoding.bytes(7, ProtobufEncoding.varint(1, start))
        )
    }

    private static func head(step: Int, time: Double) -> [UInt8] {
        ProtobufEncoding.double(1, time) + ProtobufEncoding.varint(2, step)
    }

    /// Length, its checksum, data, its checksum.
    private static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = ProtobufEncoding.littleEndian(UInt64(data.count))
        return length + ProtobufEncoding.littleEndian(CRC32C.masked(length)) + data
            + ProtobufEncoding.littleEndian(CRC32C.masked(data))
    }
}
