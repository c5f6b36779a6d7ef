/// Writes a file so that under its name there is, at every instant and after any crash, either
/// what was there before or the whole of the new.
///
/// Temporary file in the same folder, fsync, close, rename, fsync of the folder: without the first
/// fsync a power cut can leave the new name on an empty file, without the second the old state.
package enum AtomicWrite {
    /// Writes `contents` to a path, in place of the file of that name.
    ///
    /// - Throws: ``CheckpointError/systemCall(_:path:code:)`` when a call fails.
    package static func write(
        _ contents: [UInt8],
        to path: String,
        by fileSystem: any FileSystem = LocalFileSystem()
    ) throws(CheckpointError) {
        let parts = FilePathParts(path)
        try fileSystem.withFolder(parts.folder, followsLink: true) {
            open throws(CheckpointError) in
            try write(contents, to: parts.name, in: open, by: fileSystem)
        }
    }

    /// Writes `contents` under `name`, in place of what is there.
    ///
    /// A link of that name is replaced, not followed.
    ///
    /// - Throws: ``CheckpointError/systemCall(_:path:code:)`` when a call fails; what was there
    ///   before is then still there, unless only the last fsync failed.
    static func write(
        _ contents: [UInt8],
        to name: String,
        in folder: OpenFolder,
        by fileSystem: any FileSystem
    ) throws(CheckpointError) {
        let temporaryName = temporaryName(for: name)
        let file = try fileSystem.createFile(temporaryName, in: folder)
        do {
            try fill(file, with: contents, path: folder.path(of: temporaryName), by: fileSystem)
            try fileSystem.rename(temporaryName, to: name, in: folder)
        } catch {
            // The first error is the one to tell; what cannot be removed now is swept later.
            try? fileSystem.remove(temporaryName, in: folder)
            throw error
        }
        try fileSystem.synchronize(folder.descriptor, path: folder.path)
    }

    /// Whether `temporaryName` is one that this type makes for `name`.
    static func isTemporaryName(_ temporaryName: String, for name: String) -> Bool {
        let (prefix, suffix) = (".\(name).", ".tmp")
        guard temporaryName.hasPrefix(prefix), temporaryName.hasSuffix(suffix) else { return false }
        let middle = temporaryName.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        return middle.count == 16
            && UInt64(String(decoding: middle, as: UTF8.self), radix: 16) != nil
    }

    /// A name that nobody can guess and take beforehand.
    private static func temporaryName(for name: String) -> String {
        let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return ".\(name)." + String(repeating: "0", count: 16 - digits.count) + digits + ".tmp"
    }

    /// Writes, synchronizes and closes; closes also when the others fail.
    private static func fill(
        _ file: Int32,
        with contents: [UInt8],
        path: String,
        by fileSystem: any FileSystem
    ) throws(CheckpointError) {
        do {
            var rest = contents[...]
            while !rest.isEmpty {
                rest = rest.dropFirst(try fileSystem.write(rest, to: file, path: path))
            }
            try fileSystem.synchronize(file, path: path)
        } catch {
            try? fileSystem.close(file, path: path)
            throw error
        }
        try fileSystem.close(file, path: path)
    }
}
