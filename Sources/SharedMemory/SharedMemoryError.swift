import Glibc

/// Why memory could not be shared with another process.
package enum SharedMemoryError: Error, Equatable, CustomStringConvertible {
    /// The system refused a call with an error number.
    case callFailed(operation: String, code: Int32)
    /// A region is not what the other process said it is.
    case unexpectedRegion(size: Int, expected: Int)

    package var description: String {
        switch self {
        case .callFailed(let operation, let code):
            "\(operation): \(String(cString: strerror(code)))"
        case .unexpectedRegion(let size, let expected):
            "join shared memory: \(size) bytes where \(expected) that nobody can shrink were expected"
        }
    }
}
