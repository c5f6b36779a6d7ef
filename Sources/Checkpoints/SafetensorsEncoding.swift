import JSON

extension SafetensorsFile {
    /// Writes a file's bytes; the floats are copied once, to where they stay.
    ///
    /// Equal arguments give equal bytes.
    ///
    /// - Precondition: the tensors' names differ, and none is `__metadata__`.
    package static func encode(metadata: [String: String], tensors: [TensorView]) -> [UInt8] {
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
                    + ":{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}"
            )
            start = end
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
