/// Why received bytes are no message of ours; none of them is fatal, each is counted and dropped.
package enum WireError: Error, Equatable, CustomStringConvertible {
    /// The first frame is no protobuf header of ours.
    case notAHeader(byteCount: Int)
    /// The header carries another magic number.
    case magic(UInt32)
    /// The header has no body that its receiver knows.
    case unknownBody
    /// A number lies outside what any run can mean.
    case outOfRange(field: String, value: UInt64)

    package var description: String {
        switch self {
        case .notAHeader(let byteCount):
            "a first frame of \(byteCount) bytes that is no header"
        case .magic(let magic):
            "a header with magic 0x\(String(magic, radix: 16)) where 0x4c4b5354 was expected"
        case .unknownBody:
            "a header without a body that is known here"
        case .outOfRange(let field, let value):
            "a header whose \(field) is \(value)"
        }
    }
}
