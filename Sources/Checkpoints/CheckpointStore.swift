/// The checkpoints of one run: a folder with a file for each, named by its step.
///
/// One process at a time may write to a folder. A crash at any instant leaves the checkpoints
/// that were there, and at most a temporary file that the next save removes.
package struct CheckpointStore: Sendable {
    /// The largest checkpoint that is read, in bytes.
    package static let sizeMax = 256 << 20

    /// A checkpoint that is on the disk.
    package struct Saved: Equatable, Sendable {
        /// Where it is.
        package let path: String
        /// What could not be tidied up behind it, a sentence each; the checkpoint is safe.
        package let warnings: [String]
    }

    /// A checkpoint that was read back.
    package struct Found: Equatable, Sendable {
        /// The checkpoint.
        package let checkpoint: Checkpoint
        /// Where it is.
        package let path: String
        /// Why each newer file was passed over, a sentence each.
        package let warnings: [String]
    }

    /// The folder's path.
    package let folder: String
    private let keepCount: Int
    private let table: @Sendable (TensorShapes) -> TensorTable
    private let ownTable: TensorTable?
    private let fileSystem: any FileSystem

    /// Describes a folder, which may not exist yet; its parent must.
    ///
    /// - Precondition: `keepCount`, how many checkpoints stay, is at least 1. With 2 or more a
    ///   file that goes bad on the disk costs only the steps since the one before.
    ///
    /// - Parameter reads: what a file that is read should hold, by what it holds; nil for the table.
    package init(
        folder: String,
        keepCount: Int,
        table: TensorTable,
        reads: (@Sendable (TensorShapes) -> TensorTable)? = nil,
        fileSystem: any FileSystem = LocalFileSystem()
    ) {
        precondition(keepCount >= 1, "\(keepCount) checkpoints would be kept")
        self.folder = folder
        self.keepCount = keepCount
        ownTable = table
        self.table = reads ?? { _ in table }
        self.fileSystem = fileSystem
    }

    /// Describes a folder to read from, whose checkpoints are of a network that shows in them.
    package init(reading folder: String, table: @escaping @Sendable (TensorShapes) -> TensorTable) {
        self.folder = folder
        keepCount = 1
        ownTable = nil
        self.table = table
        fileSystem = LocalFileSystem()
    }

    /// Writes a checkpoint and, once it is safe on the disk, removes the ones too many.
    ///
    /// The folder itself must not be a symbolic link, and none in it is followed.
    ///
    /// - Throws: ``CheckpointError/systemCall(_:path:code:)`` when it could not be written; the
    ///   older ones are then untouched.
    package func save(
        _ metadata: CheckpointMetadata,
        parameters: UnsafeRawBufferPointer,
        slots: [TrainingState.Slot]
    ) throws(CheckpointError) -> Saved {
        guard let ownTable else { preconditionFailure("\(folder) is for reading") }
        let state = TrainingState(table: ownTable, parameters: parameters, slots: slots)
        let contents = Checkpoint.encode(metadata, state)
        let name = CheckpointName(step: metadata.step)
        try fileSystem.makeFolder(folder)
        return try fileSystem.withFolder(folder, followsLink: false) {
            open throws(CheckpointError) in
            var warnings = removeStaleTemporaries(in: open)
            try AtomicWrite.write(contents, to: name.text, in: open, by: fileSystem)
            warnings += removeOlder(than: name, in: open)
            return Saved(path: open.path(of: name.text), warnings: warnings)
        }
    }

    /// Reads the newest checkpoint that is whole, or nil when the folder has never had one.
    ///
    /// - Throws: ``CheckpointError/noneValid(folder:problems:)`` when there are checkpoints but
    ///   all are damaged: starting afresh in silence would throw a run away.
    ///   ``CheckpointError/systemCall(_:path:code:)`` when the folder cannot be read.
    package func newestValid() throws(CheckpointError) -> Found? {
        do throws(CheckpointError) {
            return try fileSystem.withFolder(folder, followsLink: true) {
                open throws(CheckpointError) in try newestValid(in: open)
            }
        } catch  where error.isAbsence {
            return nil
        }
    }

    /// Reads the newest checkpoint that is whole and acceptable, and removes those after it: they
    /// hold what must not be gone on with. Nil, and nothing is removed, when none is acceptable.
    ///
    /// - Throws: ``CheckpointError/systemCall(_:path:code:)`` when the folder cannot be read, or a
    ///   file not removed.
    package func goBack(
        to isAcceptable: (CheckpointMetadata) -> Bool
    ) throws(CheckpointError) -> Found? {
        try fileSystem.withFolder(folder, followsLink: false) { open throws(CheckpointError) in
            let (found, later) = try newest(in: open, isAcceptable)
            guard found != nil else { return nil }
            for name in later { try fileSystem.remove(name.text, in: open) }
            // A power cut would bring them back, and the next start go on from the newest.
            if !later.isEmpty { try fileSystem.synchronize(open.descriptor, path: open.path) }
            return found
        }
    }

    /// Reads the newest checkpoint that is whole and acceptable; nil when none is.
    ///
    /// - Throws: ``CheckpointError/systemCall(_:path:code:)`` when the folder cannot be read.
    package func newest(
        where isAcceptable: (CheckpointMetadata) -> Bool
    ) throws(CheckpointError) -> Found? {
        try fileSystem.withFolder(folder, followsLink: false) { open throws(CheckpointError) in
            try newest(in: open, isAcceptable).found
        }
    }

    /// The newest checkpoint that is acceptable, and the names of those after it.
    private func newest(
        in open: OpenFolder,
        _ isAcceptable: (CheckpointMetadata) -> Bool
    ) throws(CheckpointError) -> (found: Found?, later: [CheckpointName]) {
        var later: [CheckpointName] = []
        for name in try names(in: open).sorted(by: >) {
            if let checkpoint = try? read(name, in: open), isAcceptable(checkpoint.metadata) {
                let path = open.path(of: name.text)
                return (Found(checkpoint: checkpoint, path: path, warnings: []), later)
            }
            later.append(name)
        }
        return (nil, later)
    }

    private func newestValid(in open: OpenFolder) throws(CheckpointError) -> Found? {
        var problems: [String] = []
        for name in try names(in: open).sorted(by: >) {
            let path = open.path(of: name.text)
            do throws(CheckpointError) {
                return Found(
                    checkpoint: try read(name, in: open),
                    path: path,
                    warnings: problems
                )
            } catch {
                problems.append(error.description)
            }
        }
        guard problems.isEmpty else { throw .noneValid(folder: folder, problems: problems) }
        return nil
    }

    private func read(
        _ name: CheckpointName,
        in open: OpenFolder
    ) throws(CheckpointError) -> Checkpoint {
        let bytes = try fileSystem.read(
            name.text,
            in: open,
            followsLink: false,
            sizeMax: Self.sizeMax
        )
        let path = open.path(of: name.text)
        let checkpoint = try Checkpoint(decoding: bytes, path: path, table: table)
        guard checkpoint.metadata.step == name.step else {
            throw .wrongMetadata(
                path: path,
                key: "step",
                found: String(checkpoint.metadata.step),
                expected: "the step of the file's name"
            )
        }
        return checkpoint
    }

    private func names(in open: OpenFolder) throws(CheckpointError) -> [CheckpointName] {
        try fileSystem.list(open).compactMap(CheckpointName.init(text:))
    }

    /// Removes all but the newest of the checkpoints up to `newest`.
    ///
    /// A file with a later step is damaged, or `newest` would not have been trained from an
    /// earlier one: it takes no valid one's place here, and is left for somebody to look at.
    private func removeOlder(than newest: CheckpointName, in open: OpenFolder) -> [String] {
        Self.warnings { () throws(CheckpointError) in
            let older = try names(in: open).filter { $0 < newest }.sorted(by: >)
            for name in older.dropFirst(keepCount - 1) {
                try fileSystem.remove(name.text, in: open)
            }
        }
    }

    /// Removes temporary files of saves that a crash cut short; first of all, for the room.
    private func removeStaleTemporaries(in open: OpenFolder) -> [String] {
        Self.warnings { () throws(CheckpointError) in
            for name in try fileSystem.list(open) where CheckpointName.isTemporary(name) {
                try fileSystem.remove(name, in: open)
            }
        }
    }

    /// Does what is worth a warning but no failure when it goes wrong.
    private static func warnings(
        _ body: () throws(CheckpointError) -> Void
    ) -> [String] {
        do throws(CheckpointError) {
            try body()
            return []
        } catch {
            return [error.description]
        }
    }
}
