import Safetensors

/// A trained model as a file: the parameters, with what is needed to feed it images.
package struct ModelFile: Equatable, Sendable {
    /// The largest model that is read, in bytes.
    package static let sizeMax = CheckpointStore.sizeMax

    /// What stands in the header, such as how images were brought to the model's form; empty
    /// when another program wrote the file without.
    package let metadata: [String: String]
    /// The parameters, flat, in the table's order.
    package let parameters: [Float]

    /// Writes a model, in place of the file of that name, with its digest and checksums.
    ///
    /// - Precondition: the buffer has the table's size.
    /// - Throws: ``CheckpointError/systemCall(_:path:code:)`` when it could not be written; what
    ///   was there before is then untouched.
    package static func write(
        path: String,
        parameters: UnsafeRawBufferPointer,
        table: TensorTable,
        metadata: [String: String],
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(CheckpointError) {
        var strings = metadata
        strings["format"] = "lockstep-model"
        strings["formatVersion"] = String(CheckpointMetadata.formatVersion)
        strings["digest"] = Digest.sha256(of: parameters).description
        let contents = SafetensorsFile.encode(
            metadata: Checksums.added(to: strings, data: [parameters]),
            tensors: table.views(of: parameters)
        )
        try AtomicWrite.write(contents, to: path, by: fileSystem)
    }

    /// Reads a model, or the parameters of a checkpoint.
    ///
    /// A file of another program, such as the Python package `safetensors`, does as well when its
    /// names, shapes and data types fit.
    ///
    /// - Parameter table: what the file should hold, by what it holds: the number of outputs of a
    ///   network's last layer is any.
    /// - Throws: ``CheckpointError`` when the file cannot be read, is damaged, or has other
    ///   tensors than the table.
    package static func read(
        path: String,
        table: (TensorShapes) -> TensorTable,
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(CheckpointError) -> ModelFile {
        let parts = FilePathParts(path)
        let bytes = try fileSystem.withFolder(parts.folder, followsLink: true) {
            open throws(CheckpointError) in
            try fileSystem.read(parts.name, in: open, followsLink: true, sizeMax: sizeMax)
        }
        let file = try SafetensorsFile(ofFloats: bytes, path: path)
        try Checksums.check(file, path: path)
        let table = table(TensorShapes(file))
        let parameters = try file.floats(table: table, prefix: "", path: path)
        try file.checkNames(table: table, slots: file.slotNames(table: table), path: path)
        return ModelFile(metadata: file.metadata, parameters: parameters)
    }
}

/// The shapes of a file's tensors, by name.
package struct TensorShapes: Equatable, Sendable {
    private let shapes: [String: [Int]]

    init(_ file: SafetensorsFile) {
        shapes = Dictionary(file.tensors.map { ($0.name, $0.shape) }) { first, _ in first }
    }

    /// The dimensions of a tensor, outermost first; nil where the file has none of that name.
    package subscript(name: String) -> [Int]? { shapes[name] }
}

extension ModelFile {
    /// Reads a model, or the parameters of a checkpoint, that should hold the tensors of a table.
    ///
    /// - Throws: ``CheckpointError`` when the file cannot be read, is damaged, or has other
    ///   tensors.
    package static func read(
        path: String,
        table: TensorTable,
        fileSystem: any FileSystem = LocalFileSystem()
    ) throws(CheckpointError) -> ModelFile {
        try read(path: path, table: { _ in table }, fileSystem: fileSystem)
    }
}
