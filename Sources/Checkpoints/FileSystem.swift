/// The system calls that this module makes, one method each.
///
/// They are behind a protocol so that a test can fail any one of them, or stop the world between
/// any two. Files are named inside an open folder, never by a path, so that a folder that is
/// swapped for a link in the meantime leads nowhere. `path` arguments of file calls are only for
/// the error's text.
///
/// - Throws: every method throws ``CheckpointError/systemCall(_:path:code:)`` when its call fails.
package protocol FileSystem: Sendable {
    /// Makes a folder of mode 0750 that outlives a power cut, unless something has its name.
    func makeFolder(_ path: String) throws(CheckpointError)
    /// Opens a folder; `followsLink` says whether its last component may be a symbolic link.
    func openFolder(_ path: String, followsLink: Bool) throws(CheckpointError) -> Int32
    /// Makes and opens a file of mode 0640 that must not exist, not even as a link.
    func createFile(_ name: String, in folder: OpenFolder) throws(CheckpointError) -> Int32
    /// Writes some of the bytes, at least one, and says how many.
    func write(
        _ bytes: ArraySlice<UInt8>,
        to file: Int32,
        path: String
    ) throws(CheckpointError) -> Int
    /// Brings a file's contents, or a folder's entries, to the disk itself.
    func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError)
    /// Closes a file or folder.
    func close(_ descriptor: Int32, path: String) throws(CheckpointError)
    /// Gives a file another name in the same folder, in place of what had it.
    func rename(_ name: String, to target: String, in folder: OpenFolder) throws(CheckpointError)
    /// Removes a file.
    func remove(_ name: String, in folder: OpenFolder) throws(CheckpointError)
    /// Lists the names in a folder, in no order, without `.` and `..`.
    func list(_ folder: OpenFolder) throws(CheckpointError) -> [String]
    /// Reads a whole file, if it is one.
    ///
    /// - Throws: also ``CheckpointError/notAFile(path:)`` and
    ///   ``CheckpointError/tooLarge(path:size:sizeMax:)``.
    func read(
        _ name: String,
        in folder: OpenFolder,
        followsLink: Bool,
        sizeMax: Int
    ) throws(CheckpointError) -> [UInt8]
}

/// A folder that has been opened, with the path that led to it for messages.
package struct OpenFolder: Equatable, Sendable {
    /// The descriptor, valid until it is closed.
    package let descriptor: Int32
    /// The path by which it was opened.
    package let path: String

    /// Remembers how a descriptor was come by.
    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Names a file in this folder for a message, as it would be named from here.
    package func path(of name: String) -> String {
        if path == "." { return name }
        return path.hasSuffix("/") ? path + name : path + "/" + name
    }
}

extension FileSystem {
    /// Opens a folder for the length of `body`.
    ///
    /// An error of closing is dropped: a folder's descriptor has nothing left to write.
    func withFolder<Result>(
        _ path: String,
        followsLink: Bool,
        _ body: (OpenFolder) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        let descriptor = try openFolder(path, followsLink: followsLink)
        defer { try? close(descriptor, path: path) }
        return try body(OpenFolder(descriptor: descriptor, path: path))
    }
}
