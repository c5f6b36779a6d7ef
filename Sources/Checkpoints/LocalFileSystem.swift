import Glibc

/// The machine's own file system, by plain system calls.
package struct LocalFileSystem: FileSystem {
    /// Needs nothing.
    package init() {}

    /// Calls mkdir(2), and fsync(2) on the parent when there was something to make.
    package func makeFolder(_ path: String) throws(CheckpointError) {
        if mkdir(path, 0o750) != 0 {
            guard errno == EEXIST else { throw failure("mkdir", path) }
            return
        }
        let parent = FilePathParts(path).folder
        let descriptor = try openFolder(parent, followsLink: true)
        defer { try? close(descriptor, path: parent) }
        try synchronize(descriptor, path: parent)
    }

    /// Calls open(2) with `O_DIRECTORY`.
    package func openFolder(_ path: String, followsLink: Bool) throws(CheckpointError) -> Int32 {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
        return try repeated("open", path) { open(path, flags) }
    }

    /// Calls openat(2) with `O_CREAT | O_EXCL | O_NOFOLLOW`.
    package func createFile(
        _ name: String,
        in folder: OpenFolder
    ) throws(CheckpointError) -> Int32 {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        return try repeated("open", folder.path(of: name)) {
            openat(folder.descriptor, name, flags, 0o640)
        }
    }

    /// Calls write(2).
    package func write(
        _ bytes: ArraySlice<UInt8>,
        to file: Int32,
        path: String
    ) throws(CheckpointError) -> Int {
        let count = try repeated("write", path) {
            bytes.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
        }
        // A regular file never takes nothing; an endless loop would be worse than this error.
        guard count > 0 else { throw .systemCall("write", path: path, code: EIO) }
        return count
    }

    /// Calls fsync(2); on failure the caller must not try again, for the kernel forgets the pages.
    package func synchronize(_ descriptor: Int32, path: String) throws(CheckpointError) {
        _ = try repeated("fsync", path) { fsync(descriptor) }
    }

    /// Calls close(2); an interrupted one has closed all the same.
    package func close(_ descriptor: Int32, path: String) throws(CheckpointError) {
        guard systemClose(descriptor) == 0 || errno == EINTR else { throw failure("close", path) }
    }

    /// Calls renameat(2).
    package func rename(
        _ name: String,
        to target: String,
        in folder: OpenFolder
    ) throws(CheckpointError) {
        _ = try repeated("rename", folder.path(of: target)) {
            renameat(folder.descriptor, name, folder.descriptor, target)
        }
    }

    /// Calls unlinkat(2).
    package func remove(_ name: String, in folder: OpenFolder) throws(CheckpointError) {
        _ = try repeated("unlink", folder.path(of: name)) { unlinkat(folder.descriptor, name, 0) }
    }

    /// Calls readdir(3) on a second descriptor, so that listing twice starts afresh.
    package func list(_ folder: OpenFolder) throws(CheckpointError) -> [String] {
        let descriptor = try repeated("open", folder.path) {
            openat(folder.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let stream = fdopendir(descriptor) else {
            let error = failure("opendir", folder.path)
            _ = systemClose(descriptor)
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw failure("readdir", folder.path) }
        return names
    }

    /// Calls openat(2), fstat(2) and read(2); a pipe under the name cannot hang it.
    package func read(
        _ name: String,
        in folder: OpenFolder,
        followsLink: Bool,
        sizeMax: Int
    ) throws(CheckpointError) -> [UInt8] {
        let path = folder.path(of: name)
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW)
        let file = try repeated("open", path) { openat(folder.descriptor, name, flags) }
        defer { _ = systemClose(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("fstat", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let size = Int(status.st_size)
        guard size <= sizeMax else {
            throw .tooLarge(path: path, size: size, sizeMax: sizeMax)
        }
        var bytes = [UInt8](repeating: 0, count: size)
        var filledCount = 0
        while filledCount < size {
            let count = try repeated("read", path) {
                bytes.withUnsafeMutableBytes { raw in
                    systemRead(file, raw.baseAddress?.advanced(by: filledCount), size - filledCount)
                }
            }
            // The file became shorter meanwhile: the decoder will say what is missing.
            if count == 0 { break }
            filledCount += count
        }
        bytes.removeLast(size - filledCount)
        return bytes
    }

    /// Makes a call until no signal interrupts it.
    private func repeated<Value: SignedInteger>(
        _ call: String,
        _ path: String,
        _ body: () -> Value
    ) throws(CheckpointError) -> Value {
        while true {
            let value = body()
            if value >= 0 { return value }
            if errno != EINTR { throw failure(call, path) }
        }
    }

    /// The error for a call that has just set `errno`.
    private func failure(_ call: String, _ path: String) -> CheckpointError {
        .systemCall(call, path: path, code: errno)
    }
}

/// The calls whose names are also methods above.
private let systemWrite = write(_:_:_:)
private let systemRead = read(_:_:_:)
private let systemClose = close(_:)
