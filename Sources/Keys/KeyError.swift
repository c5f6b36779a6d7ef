/// Says what is wrong with a key's file or name, and what to do about it.
package enum KeyError: Error, Equatable, CustomStringConvertible {
    /// A file or folder of keys or a token could not be read or written.
    case failed(path: String, operation: String, reason: String)
    /// Another process has been changing the keys for this number of seconds.
    case isInUse(path: String, seconds: Int)
    /// A file of secrets can be read by people who should not.
    case exposed(path: String, mode: UInt32)
    /// A text is not what a key's file holds; `place` is its path or variable.
    case malformed(place: String, found: String, expected: String)
    /// There are keys already.
    case exists(path: String)
    /// A name cannot be a worker's.
    case badName(String)
    /// No worker of that name is listed.
    case unlisted(name: String, path: String)

    /// A sentence for the operator: what was being done, what was found, what to do.
    package var description: String {
        switch self {
        case .failed(let path, let operation, let reason):
            "\(path): \(operation) failed with \"\(reason)\" where a key or a token was expected; "
                + "check the path and its permissions (`lockstep keys new DIR` makes keys, "
                + "`lockstep coordinator --invite` tokens)"
        case .isInUse(let path, let seconds):
            "\(path): changing the keys: another process that changes them was found for \(seconds) s where "
                + "none was expected; end it or wait for it, and try again"
        case .exposed(let path, let mode):
            "\(path): mode \(String(mode, radix: 8)) was found where a secret that others cannot read was "
                + "expected; chmod 600 it, and make new keys if somebody may have read it"
        case .malformed(let place, let found, let expected):
            "\(place): \(found) was found where \(expected) was expected; "
                + "use it whole and unchanged, as Lockstep made it"
        case .exists(let path):
            "\(path): a key was found where none was expected; "
                + "choose another folder or name, for keys are never written over"
        case .badName(let name):
            "naming a worker: '\(name)' was found where 1 to 64 letters, digits, '-' or '_' were "
                + "expected; choose such a name"
        case .unlisted(let name, let path):
            "\(path): no worker '\(name)' was found where one was expected; "
                + "see the names with `lockstep keys list`"
        }
    }

    /// Whether the command was called wrongly, rather than met something wrong.
    package var isMistakeInUse: Bool {
        if case .badName = self { true } else { false }
    }
}
