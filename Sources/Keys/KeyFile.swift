import Glibc

/// Reads and writes the small files that hold keys.
enum KeyFile {
    /// More than any list of workers needs; what is larger is no such file.
    private static let sizeMax = 1 << 20

    /// Reads a whole file.
    ///
    /// Symbolic links are followed, for Kubernetes mounts each file of a Secret as one; group may
    /// read, for it mounts them so for a pod's user.
    ///
    /// - Parameter isSecret: refuse a file that others may read or the group may write to.
    static func read(_ path: String, isSecret: Bool) throws(KeyError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path, "reading it") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, "reading it") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= sizeMax else {
            throw .malformed(
                place: path,
                found: "something else",
                expected: "a file of at most \(sizeMax) bytes"
            )
        }
        if isSecret, status.st_mode & 0o027 != 0 {
            throw .exposed(path: path, mode: status.st_mode & 0o777)
        }
        var bytes = [UInt8](repeating: 0, count: sizeMax)
        var size = 0
        while size < sizeMax {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + size, sizeMax - size)
            }
            guard count >= 0 else { throw failure(path, "reading it") }
            if count == 0 { break }
            size += count
        }
        return String(decoding: bytes.prefix(size), as: UTF8.self)
    }

    /// Writes a file that only its owner may read, whole or not at all.
    ///
    /// - Parameter replaces: a file of that name may be there, and goes.
    static func write(_ text: String, to path: String, replaces: Bool) throws(KeyError) {
        var template = Array((path + "." + String(repeating: "X", count: 6)).utf8CString)
        // mkstemp(3): a name that nobody foresaw, made anew, mode 0600.
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure(path, "writing it") }
        let bytes = Array(text.utf8)
        let isWritten =
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let cause = errno
        close(descriptor)
        defer { unlink(template) }
        guard isWritten else {
            errno = cause
            throw failure(path, "writing it")
        }
        if replaces {
            guard rename(template, path) == 0 else { throw failure(path, "writing it") }
        } else if link(template, path) != 0 {
            if errno == EEXIST { throw .exists(path: path) }
            throw failure(path, "writing it")
        }
    }

    /// The failure that a system call has just left in `errno`.
    static func failure(_ path: String, _ operation: String) -> KeyError {
        .failed(path: path, operation: operation, reason: String(cString: strerror(errno)))
    }

    /// The lines of a text, each a name and a value; empty lines and those after `#` say nothing.
    static func pairs(in text: String, place: String) throws(KeyError) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { continue }
            // The line itself may be a secret: say nothing of what it holds.
            guard words.count == 2 else {
                throw .malformed(
                    place: place,
                    found: "a line of \(words.count) word\(words.count == 1 ? "" : "s")",
                    expected: "a name and a key"
                )
            }
            pairs.append((String(words[0]), String(words[1])))
        }
        return pairs
    }
}
