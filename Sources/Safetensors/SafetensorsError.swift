/// Why bytes are no safetensors file that can be read; each case reads as one sentence.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// The file breaks the format.
    case malformed(path: String, found: String, expected: String)
    /// A tensor has another type than the expected one, or where none was asked for (`expected` is
    /// nil) one that is unknown.
    case wrongDataType(path: String, tensor: String, found: String, expected: DataType?)

    /// The sentence: what was found where what was expected, and what to do.
    public var description: String {
        switch self {
        case .malformed(let path, let found, let expected):
            "\(path): \(found) where \(expected) was expected; "
                + "is this a complete safetensors file?"
        case .wrongDataType(let path, let tensor, let found, let expected?):
            "\(path): \(tensor) has the data type \(found) where \(expected.rawValue) was "
                + "expected; convert it\(expected == .f32 ? " to 32-bit floats" : "")"
        case .wrongDataType(let path, let tensor, let found, nil):
            "\(path): \(tensor) has the data type \(found) where \(DataType.f32.rawValue) or "
                + "another of whole bytes was expected; convert it"
        }
    }
}
