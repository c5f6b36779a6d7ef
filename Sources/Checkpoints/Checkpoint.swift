/// A run's state between two steps: enough to go on as if nothing had happened.
package struct Checkpoint: Equatable, Sendable {
    /// Where the run stood.
    package var metadata: CheckpointMetadata
    /// The parameters, flat, in the table's order.
    package var parameters: [Float]
    /// Adam's first moment, in the same order.
    package var firstMoment: [Float]
    /// Adam's second moment, in the same order.
    package var secondMoment: [Float]

    /// What stands before the tensors' names for Adam's first moment.
    package static let firstMomentPrefix = "adam.firstMoment."
    /// What stands before the tensors' names for Adam's second moment.
    package static let secondMomentPrefix = "adam.secondMoment."

    /// Reads a checkpoint from a file's bytes; `path` is only for messages.
    ///
    /// - Throws: ``CheckpointError`` when the file is damaged, is no checkpoint, or has other
    ///   tensors than the table.
    package init(
        decoding bytes: [UInt8],
        path: String,
        table: TensorTable
    ) throws(CheckpointError) {
        let file = try SafetensorsFile(decoding: bytes, path: path)
        try Checksums.check(file, path: path)
        try Checksums.requirePresence(in: file, path: path)
        metadata = try CheckpointMetadata(strings: file.metadata, path: path)
        let prefixes = ["", Self.firstMomentPrefix, Self.secondMomentPrefix]
        try file.checkNames(table: table, prefixes: prefixes, path: path)
        parameters = try file.floats(table: table, prefix: "", path: path)
        firstMoment = try file.floats(table: table, prefix: Self.firstMomentPrefix, path: path)
        secondMoment = try file.floats(table: table, prefix: Self.secondMomentPrefix, path: path)
    }

    /// Writes a checkpoint's bytes.
    ///
    /// - Precondition: each buffer has the table's size.
    static func encode(_ metadata: CheckpointMetadata, _ state: TrainingState) -> [UInt8] {
        let table = state.table
        let tensors =
            table.views(of: state.parameters)
            + table.views(of: state.firstMoment, prefix: firstMomentPrefix)
            + table.views(of: state.secondMoment, prefix: secondMomentPrefix)
        var strings = metadata.strings
        strings["digest"] = Digest.sha256(of: state.parameters).description
        let data = [state.parameters, state.firstMoment, state.secondMoment]
        return SafetensorsFile.encode(
            metadata: Checksums.added(to: strings, data: data),
            tensors: tensors
        )
    }
}

/// The three flat buffers of a run, wherever they lie, for the length of a call.
package struct TrainingState {
    /// The order and shapes that all three follow.
    package let table: TensorTable
    /// The parameters.
    package let parameters: UnsafeRawBufferPointer
    /// Adam's first moment.
    package let firstMoment: UnsafeRawBufferPointer
    /// Adam's second moment.
    package let secondMoment: UnsafeRawBufferPointer

    /// Gathers the buffers.
    ///
    /// - Precondition: each has the table's size.
    package init(
        table: TensorTable,
        parameters: UnsafeRawBufferPointer,
        firstMoment: UnsafeRawBufferPointer,
        secondMoment: UnsafeRawBufferPointer
    ) {
        for buffer in [parameters, firstMoment, secondMoment] {
            precondition(
                buffer.count == table.size,
                "a buffer of \(buffer.count) bytes for a table of \(table.size)"
            )
        }
        self.table = table
        self.parameters = parameters
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
    }
}
