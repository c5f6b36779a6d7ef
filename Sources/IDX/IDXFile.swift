private import Glibc

/// The bytes of an IDX file as they are stored, plain or gzip, with the name that errors give it.
public struct IDXFile: Equatable, Sendable {
    /// What errors call the file.
    public let name: String
    /// The file's bytes.
    public let bytes: [UInt8]

    /// Pairs stored bytes with the name that errors give them.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Reads a whole file, and never more of it than `sizeMax` bytes.
    ///
    /// - Throws: ``IDXError/unreadable(file:reason:)`` when the system refuses it, or when it is a
    ///   folder, a pipe or a device; ``IDXError/tooLarge(file:sizeMax:)``.
    public init(path: String, sizeMax: Int = .max) throws(IDXError) {
        // O_NONBLOCK: a pipe under the name would otherwise be waited for.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unreadable(file: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "it is a folder, a pipe or a device")
        }
        let size = Int(status.st_size)
        guard size <= sizeMax else { throw .tooLarge(file: path, sizeMax: sizeMax) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let readCount = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if readCount < 0, errno == EINTR { continue }
                if readCount < 0 { failure = errno }
                guard readCount > 0 else { return }
                count += readCount
            }
        }
        guard failure == 0 else {
            throw .unreadable(file: path, reason: String(cString: strerror(failure)))
        }
        self.init(name: path, bytes: bytes)
    }
}
