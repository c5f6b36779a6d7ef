import Glibc

/// Reads the files that people name: settings, hosts, pictures.
///
/// A pipe or a device under such a name is refused and not waited for, since nobody may ever write
/// to it.
package enum RegularFile {
    /// Why a file is not read.
    package enum Failure: Error, Equatable {
        /// The operating system refuses it; the code is its `errno`.
        case refused(code: Int32)
        /// It is a folder.
        case isFolder
        /// It is a pipe, a socket or a device.
        case isNoFile
        /// It has more bytes than were asked for at most.
        case isTooLarge(sizeMax: Int)

        /// The reason as a part of a sentence.
        package var reason: String {
            switch self {
            case .refused(let code): String(cString: strerror(code))
            case .isFolder: "Is a directory"
            case .isNoFile: "a pipe or a device"
            case .isTooLarge(let sizeMax): "more than \(sizeMax) bytes"
            }
        }
    }

    /// Reads the first bytes of a file, which tell what it is; none where it cannot be read or is
    /// no regular file.
    package static func start(of path: String, size: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, size))
        }
    }

    /// Reads a whole file; symbolic links are followed.
    ///
    /// - Parameter sizeMax: the most bytes that it may have.
    /// - Throws: when it cannot be read, is no regular file, or is larger.
    package static func read(_ path: String, sizeMax: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        // A socket's name cannot be opened at all.
        guard descriptor >= 0 else { throw errno == ENXIO ? .isNoFile : .refused(code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .refused(code: errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw .isFolder }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .isNoFile }
        guard status.st_size <= sizeMax else { throw .isTooLarge(sizeMax: sizeMax) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .refused(code: errno) }
            if count == 0 { return bytes }
            bytes += part[..<count]
            guard bytes.count <= sizeMax else { throw .isTooLarge(sizeMax: sizeMax) }
        }
    }
}
