import Glibc

/// A folder that only this user can enter, for the socket of local workers; it goes with its value.
///
/// It is locked as long as its process lives. What processes that were killed have left behind goes
/// with the next one that is made.
package final class PrivateSocketFolder {
    /// The folder could not be made.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        let path: String
        let reason: String

        package var description: String {
            "\(path): making a private folder for the workers' socket failed with \"\(reason)\" where one was "
                + "expected; check its permissions, or set TMPDIR to a folder of your own"
        }
    }

    private static let namePrefix = "lockstep-"

    /// The folder's path.
    package let path: String

    private let descriptor: Int32

    /// Makes one in `parent`, or in `/tmp` where a socket's path there would exceed unix(7)'s 107
    /// bytes.
    ///
    /// - Throws: when the system makes none.
    package init(in parent: String) throws(Failure) {
        let name = "/" + Self.namePrefix + String(repeating: "X", count: 6)
        let isShort = parent.utf8.count + name.utf8.count + "/socket".utf8.count <= 107
        let parent = isShort ? parent : "/tmp"
        Self.removeAbandoned(in: parent)
        while true {
            var template = Array((parent + name).utf8CString)
            // mkdtemp(3): made anew, mode 0700.
            let isMade = mkdtemp(&template) != nil
            let path = String(
                decoding: template.dropLast().map(UInt8.init(bitPattern:)),
                as: UTF8.self
            )
            let descriptor = isMade ? Self.lockedDescriptor(of: path) : nil
            if let descriptor {
                self.path = path
                self.descriptor = descriptor
                return
            }
            // Another process may have taken it for abandoned before it was locked.
            guard isMade, errno == ENOENT || errno == EWOULDBLOCK else {
                throw Failure(path: path, reason: String(cString: strerror(errno)))
            }
        }
    }

    deinit {
        Self.remove(path)
        close(descriptor)
    }

    /// The address of the socket in it.
    package var endpoint: String { "ipc://\(path)/socket" }

    /// Opens a folder of this user's that others cannot enter, and locks it; nil, with the cause in
    /// `errno`, where it is no such folder, is locked, or is gone.
    private static func lockedDescriptor(of path: String) -> Int32? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0,
            status.st_uid == geteuid(), status.st_mode & 0o7777 == 0o700
        else {
            let cause = errno
            close(descriptor)
            errno = cause
            return nil
        }
        guard status.st_nlink > 0 else {
            close(descriptor)
            errno = ENOENT
            return nil
        }
        return descriptor
    }

    /// Removes the folders that no process locks any more.
    private static func removeAbandoned(in parent: String) {
        guard let folder = opendir(parent) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let path = "\(parent)/\(name)"
            guard name.hasPrefix(namePrefix), name.utf8.count == namePrefix.utf8.count + 6,
                let descriptor = lockedDescriptor(of: path)
            else { continue }
            remove(path)
            close(descriptor)
        }
    }

    /// Removes a folder, unless something else than the socket is in it.
    private static func remove(_ path: String) {
        unlink(path + "/socket")
        rmdir(path)
    }
}
