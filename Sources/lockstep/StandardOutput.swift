import Foundation

/// Where results and progress go.
enum StandardOutput {
    /// It does not take what is written, as on a full disk.
    struct Failure: Error, CustomStringConvertible {
        let reason: String

        var description: String {
            "printing: standard output failed with \"\(reason)\" where it was expected to take the text; "
                + "free some space, or send it elsewhere"
        }
    }

    /// Writes the text, all of it and at once.
    ///
    /// A reader that has gone, as `head` does, ends the process quietly by SIGPIPE.
    ///
    /// - Throws: when it is not taken.
    static func write(_ text: String) throws(Failure) {
        var bytes = ArraySlice(text.utf8)
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR {
                throw Failure(reason: String(cString: strerror(errno)))
            }
        }
    }
}
