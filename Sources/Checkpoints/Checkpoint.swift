import Safetensors

/// A run's state between two steps: enough to go on as if nothing had happened.
package struct Checkpoint: Equatable, Sendable {
    /// Where the run stood.
    package var metadata: CheckpointMetadata
    /// The parameters, flat, in the table's order.
    package var parameters: [Float]
    /// The optimizer's state: a buffer in the same order for each of its slots, by the slot's name.
    package var slots: [String: [Float]]

    /// The slots' names in the metadata: its checksum covers them, and no other the tensors' names.
    static let slotsKey = "slots"

    /// Reads a checkpoint from a file's bytes; `path` is only for messages.
    ///
    /// - Throws: ``CheckpointError`` when the file is damaged, is no checkpoint, or has other
    ///   tensors than the table.
    package init(
        decoding bytes: [UInt8],
        path: String,
        table: TensorTable
    ) throws(CheckpointError) {
        try self.init(decoding: bytes, path: path, table: { _ in table })
    }

    /// Reads a checkpoint's bytes, which should hold the tensors of a table that they decide.
    init(
        decoding bytes: [UInt8],
        path: String,
        table: (TensorShapes) -> TensorTable
    ) throws(CheckpointError) {
        let file = try SafetensorsFile(ofFloats: bytes, path: path)
        let table = table(TensorShapes(file))
        try Checksums.check(file, path: path)
        try Checksums.requirePresence(in: file, path: path)
        metadata = try CheckpointMetadata(strings: file.metadata, path: path)
        parameters = try file.floats(table: table, prefix: "", path: path)
        slots = try file.slots(table: table, path: path)
    }

    /// Writes a checkpoint's bytes.
    ///
    /// - Precondition: each buffer has the table's size.
    static func encode(_ metadata: CheckpointMetadata, _ state: TrainingState) -> [UInt8] {
        let table = state.table
        let tensors =
            table.views(of: state.parameters)
            + state.slots.flatMap { table.views(of: $0.bytes, prefix: $0.name + ".") }
        var strings = metadata.strings
        strings[slotsKey] = state.slots.map(\.name).joined(separator: " ")
        strings["digest"] = Digest.sha256(of: state.parameters).description
        let data = [state.parameters] + state.slots.map(\.bytes)
        return SafetensorsFile.encode(
            metadata: Checksums.added(to: strings, data: data),
            tensors: tensors
        )
    }
}

/// The flat buffers of a run, wherever they lie, for the length of a call.
package struct TrainingState {
    /// One buffer of an optimizer's state.
    package typealias Slot = (name: String, bytes: UnsafeRawBufferPointer)

    /// The order and shapes that all of them follow.
    package let table: TensorTable
    /// The parameters.
    package let parameters: UnsafeRawBufferPointer
    /// The optimizer's state, in the order of the file.
    package let slots: [Slot]

    /// Gathers the buffers.
    ///
    /// - Precondition: each has the table's size.
    package init(table: TensorTable, parameters: UnsafeRawBufferPointer, slots: [Slot]) {
        for buffer in [parameters] + slots.map(\.bytes) {
            precondition(
                buffer.count == table.size,
                "a buffer of \(buffer.count) bytes for a table of \(table.size)"
            )
        }
        self.table = table
        self.parameters = parameters
        self.slots = slots
    }
}
