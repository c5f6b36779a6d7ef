import Foundation

/// A file that is open for appending whole records.
///
/// O_APPEND lets each record start at the file's end whoever else writes, and one `write(2)` takes
/// the record whole unless the disk is full.
final class ReportFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// How a file that is there already is treated.
    enum Opening { case new, continued }

    /// Opens the file, with its folder's parents made as needed.
    ///
    /// - Parameter followsFolder: whether the folder itself may be a symbolic link.
    /// - Throws: when the folder or file cannot be made, or a new file is there already.
    init(path: String, opening: Opening, followsFolder: Bool = true) throws(ReportError) {
        self.path = path
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        try Self.makeFolder(folder)
        let folderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsFolder ? 0 : O_NOFOLLOW)
        let opened = open(folder, folderFlags)
        guard opened >= 0 else { throw Self.unwritable(path) }
        defer { close(opened) }
        let exclusive = opening == .new ? O_EXCL : 0
        // A symbolic link there could lead to any file of this user's.
        let flags =
            O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | exclusive
        descriptor = openat(opened, url.lastPathComponent, flags, 0o640)
        if descriptor < 0 {
            throw errno == EEXIST ? .alreadyThere(file: path) : Self.unwritable(path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFIFO else {
            throw .unwritable(file: path, reason: "a pipe")
        }
    }

    /// Opens a file to read it.
    ///
    /// - Throws: when it cannot be opened, and for a folder or a pipe.
    init(reading path: String) throws(ReportError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .unreadable(file: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "no file")
        }
    }

    deinit { close(descriptor) }

    /// Appends the bytes.
    ///
    /// - Throws: when the disk does not take them all.
    func append(_ bytes: [UInt8]) throws(ReportError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if count == 0 || errno != EINTR {
                throw Self.unwritable(path)
            }
        }
    }

    /// Puts what was appended on the disk.
    func synchronize() throws(ReportError) {
        if fsync(descriptor) != 0 { throw Self.unwritable(path) }
    }

    /// Whether the file is empty or its last line has its end.
    func endsWithLine() throws(ReportError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unwritable(path) }
        guard status.st_size > 0 else { return true }
        var last: UInt8 = 0
        guard pread(descriptor, &last, 1, status.st_size - 1) == 1 else {
            throw Self.unwritable(path)
        }
        return last == UInt8(ascii: "\n")
    }

    /// Gives the file's lines to `body`, one after another and without their line feeds, until it
    /// answers false; a last line that has none is left out.
    ///
    /// - Parameter lengthMax: what a line may have; a longer one ends the reading.
    func forEachLine(
        lengthMax: Int,
        _ body: (ArraySlice<UInt8>) -> Bool
    ) throws(ReportError) {
        var part = [UInt8](repeating: 0, count: 65_536)
        var rest: [UInt8] = []
        var offset = 0
        while rest.count <= lengthMax {
            let count = pread(descriptor, &part, part.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unwritable(path) }
            if count == 0 { return }
            offset += count
            rest += part[..<count]
            var start = 0
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                guard end - start <= lengthMax, body(rest[start..<end]) else { return }
                start = end + 1
            }
            rest.removeFirst(start)
        }
    }

    /// Cuts the file to its first `size` bytes.
    func cut(to size: Int) throws(ReportError) {
        if ftruncate(descriptor, off_t(size)) != 0 { throw Self.unwritable(path) }
    }

    /// Writes a whole file so that a reader sees the old contents or the new, never a part.
    ///
    /// - Throws: when it cannot; the old file is whole then and no temporary file is left.
    static func replace(_ path: String, with bytes: [UInt8]) throws(ReportError) {
        let temporary = "\(path).\(getpid()).partial"
        do throws(ReportError) {
            // What a killed process of the same number has left.
            unlink(temporary)
            let file = try ReportFile(path: temporary, opening: .new)
            try file.append(bytes)
            try file.synchronize()
            if rename(temporary, path) != 0 { throw unwritable(path) }
        } catch {
            unlink(temporary)
            guard case .unwritable(_, let reason) = error else { throw error }
            throw .unwritable(file: path, reason: reason)
        }
    }

    /// Makes the folder and its parents where they are missing.
    private static func makeFolder(_ folder: String) throws(ReportError) {
        if mkdir(folder, 0o750) == 0 || errno == EEXIST { return }
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        guard errno == ENOENT, parent.count < folder.count else { throw unwritable(folder) }
        try makeFolder(parent)
        if mkdir(folder, 0o750) != 0, errno != EEXIST { throw unwritable(folder) }
    }

    private static func unwritable(_ path: String) -> ReportError {
        .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
}
