import JSON

extension SafetensorsFile {
    /// Writes a file's bytes; the elements are copied once, to where they stay.
    ///
    /// Equal arguments give equal bytes.
    ///
    /// - Precondition: the tensors' names differ, and none is `__metadata__`.
    public static func encode(metadata: [String: String] = [:], tensors: [TensorView]) -> [UInt8] {
        var header = Array(headerText(metadata: metadata, tensors: tensors).utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        let size = tensors.reduce(8 + header.count) { $0 + $1.bytes.count }
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, initializedCount in
            var target = UnsafeMutableRawBufferPointer(buffer)[...]
            func append(_ bytes: UnsafeRawBufferPointer) {
                UnsafeMutableRawBufferPointer(rebasing: target.prefix(bytes.count))
                    .copyMemory(from: bytes)
                target = target.dropFirst(bytes.count)
            }
            withUnsafeBytes(of: UInt64(header.count).littleEndian, append)
            header.withUnsafeBytes(append)
            for tensor in tensors { append(tensor.bytes) }
            initializedCount = size
        }
    }

    /// Writes the bytes of a file of 32-bit floats.
    ///
    /// Equal arguments give equal bytes.
    ///
    /// - Precondition: the tensors' names differ, none is `__metadata__`, and each shape's elements
    ///   are the values.
    public static func encode(
        metadata: [String: String] = [:],
        floats tensors: [(name: String, shape: [Int], values: [Float])]
    ) -> [UInt8] {
        // One behind the other, so that one look at memory shows them all.
        let values = tensors.flatMap(\.values)
        return values.withUnsafeBytes { bytes in
            var start = 0
            let views = tensors.map { name, shape, values in
                let end = start + values.count * DataType.f32.size
                defer { start = end }
                return TensorView(
                    name: name,
                    shape: shape,
                    bytes: .init(rebasing: bytes[start..<end])
                )
            }
            return encode(metadata: metadata, tensors: views)
        }
    }

    private static func headerText(metadata: [String: String], tensors: [TensorView]) -> String {
        precondition(
            Set(tensors.map(\.name) + ["__metadata__"]).count == tensors.count + 1,
            "tensor names must differ from each other and from __metadata__"
        )
        var members = ["\"__metadata__\":" + StrictJSON.text(of: metadata)]
        var start = 0
        for tensor in tensors {
            let end = start + tensor.bytes.count
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                StrictJSON.quoted(tensor.name)
                    + ":{\"dtype\":\"\(tensor.dataType.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}"
            )
            start = end
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
