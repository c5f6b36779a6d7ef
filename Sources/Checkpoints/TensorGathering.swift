extension SafetensorsFile {
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

    /// Checks that the file has no tensor beyond the table's, behind one of the prefixes.
    ///
    /// - Throws: ``CheckpointError/unexpectedTensor(path:name:)``.
    func checkNames(
        table: TensorTable,
        prefixes: [String],
        path: String
    ) throws(CheckpointError) {
        let names = Set(prefixes.flatMap { prefix in table.entries.map { prefix + $0.name } })
        for tensor in tensors where !names.contains(tensor.name) {
            throw .unexpectedTensor(path: path, name: tensor.name)
        }
    }
}
