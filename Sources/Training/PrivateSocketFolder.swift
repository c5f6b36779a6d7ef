import Glibc

/// A folder that only this user can enter, for the socket of local workers; it goes with its value.
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

    /// The folder's path.
    package let path: String

    /// Makes one in `parent`, or in `/tmp` where a socket's path there would exceed unix(7)'s 107
    /// bytes.
    ///
    /// - Throws: when the system makes none.
    package init(in parent: String) throws(Failure) {
        let name = "/lockstep-" + String(repeating: "X", count: 6)
        let isShort = parent.utf8.count + name.utf8.count + "/socket".utf8.count <= 107
        var template = Array(((isShort ? parent : "/tmp") + name).utf8CString)
        // mkdtemp(3): made anew, mode 0700.
        let isMade = mkdtemp(&template) != nil
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard isMade else { throw Failure(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit {
        unlink(path + "/socket")
        rmdir(path)
    }

    /// The address of the socket in it.
    package var endpoint: String { "ipc://\(path)/socket" }
}
