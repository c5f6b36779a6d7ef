import Safetensors

extension SafetensorsFile {
    /// Reads the bytes of a file of 32-bit floats; `path` is only for messages.
    ///
    /// - Throws: ``CheckpointError/malformed(_:)``.
    init(ofFloats bytes: [UInt8], path: String) throws(CheckpointError) {
        do throws(SafetensorsError) {
            self = try SafetensorsFile(decoding: bytes, path: path, dataType: .f32)
        } catch {
            throw .malformed(error)
        }
    }

    /// Copies the tensors of a table into one flat buffer, in the table's order.
    ///
    /// The file's own order may differ: the Python package sorts by name.
    ///
    /// - Throws: ``CheckpointError/missingTensor(path:name:)`` and
    ///   ``CheckpointError/wrongShape(path:tensor:found:expected:)``.
    func floats(
        table: TensorTable,
        prefix: String,
        path: String
    ) throws(CheckpointError) -> [Float] {
        var ranges: [Range<Int>] = []
        for entry in table.entries {
            let name = prefix + entry.name
            guard let tensor = tensors.first(where: { $0.name == name }) else {
                throw .missingTensor(path: path, name: name)
            }
            guard tensor.shape == entry.shape else {
                throw .wrongShape(
                    path: path,
                    tensor: name,
                    found: tensor.shape,
                    expected: entry.shape
                )
            }
            ranges.append(tensor.range)
        }
        return [Float](unsafeUninitializedCapacity: table.elementCount) { buffer, count in
            let target = UnsafeMutableRawBufferPointer(buffer)
            withData { data in
                for (entry, range) in zip(table.entries, ranges) {
                    UnsafeMutableRawBufferPointer(rebasing: target[entry.range])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: data[range]))
                }
            }
            count = table.elementCount
        }
    }

    /// The optimizer's state: a flat buffer for each of its slots, whose names the metadata has.
    ///
    /// - Throws: ``CheckpointError/unexpectedTensor(path:name:)`` for a tensor that is of no slot;
    ///   as `floats` where a slot is not whole.
    func slots(table: TensorTable, path: String) throws(CheckpointError) -> [String: [Float]] {
        let names = metadata[Checkpoint.slotsKey].map { text in
            text.split(separator: " ").map { String($0) }
        }
        let slotNames = names ?? slotNames(table: table)
        try checkNames(table: table, slots: slotNames, path: path)
        var slots: [String: [Float]] = [:]
        for name in slotNames {
            slots[name] = try floats(table: table, prefix: name + ".", path: path)
        }
        return slots
    }

    /// What stands before the first tensor's name and a point, in the names that have it: the
    /// slots, for each of them has every tensor.
    func slotNames(table: TensorTable) -> [String] {
        guard let first = table.entries.first else { return [] }
        let end = "." + first.name
        return tensors.map(\.name).filter { $0.hasSuffix(end) }
            .map { String($0.dropLast(end.count)) }.filter { !$0.isEmpty }
    }

    /// Checks that the file has no tensor beyond the table's, as parameters or of one of the slots.
    ///
    /// - Throws: ``CheckpointError/unexpectedTensor(path:name:)``.
    func checkNames(
        table: TensorTable,
        slots: [String],
        path: String
    ) throws(CheckpointError) {
        let prefixes = [""] + slots.map { $0 + "." }
        let names = Set(prefixes.flatMap { prefix in table.entries.map { prefix + $0.name } })
        for tensor in tensors where !names.contains(tensor.name) {
            throw .unexpectedTensor(path: path, name: tensor.name)
        }
    }
}
