/// Why an IDX file cannot be read; each case reads as one sentence.
///
/// `file` is the path that was read, so that the sentence points at what to repair.
public enum IDXError: Error, Equatable, CustomStringConvertible {
    /// The operating system refuses the file.
    case unreadable(file: String, reason: String)
    /// The file is larger than what is accepted.
    case tooLarge(file: String, sizeMax: Int)
    /// The file opens with another magic number than the expected one, which is nil where an array
    /// of any number of dimensions would do.
    case wrongMagic(file: String, found: UInt32, expected: UInt32?)
    /// The file's contents end before what the header promises.
    case truncated(file: String, found: Int, expected: Int)
    /// The header promises more than a gzip file of this size can hold.
    case impossiblePromise(file: String, promised: Int, fileSize: Int)
    /// The file's contents go on after what the header promises.
    case trailingBytes(file: String, expected: Int)
    /// The gzip stream is damaged.
    case corruptGzip(file: String, reason: String)
    /// A dimension of the header is zero.
    case empty(file: String)
    /// The header's count is beyond the most that is accepted.
    case tooMany(file: String, found: Int, countMax: Int)
    /// The items have another shape than the expected one.
    case wrongItemShape(file: String, found: [Int], expected: [Int])
    /// A gzip stream holds a gzip stream.
    case gzipInGzip(file: String)

    /// The sentence: what was found where what was expected, and what to do.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read where a readable file was expected (\(reason)); "
                + "check its kind and permissions"
        case .tooLarge(let file, let sizeMax):
            "\(file): more than the \(sizeMax) bytes that a data set's file may have; "
                + "is this an IDX file?"
        case .wrongMagic(let file, let found, let expected):
            "\(file): magic \(Self.hex(found)) where "
                + "\(expected.map(Self.hex) ?? "0x000008 and a count of dimensions") "
                + "was expected; \(Self.question(magic: found))"
        case .truncated(let file, let found, let expected):
            "\(file): cut off after \(found) bytes of contents where \(expected) and a complete "
                + "end were expected; fetch it again"
        case .impossiblePromise(let file, let promised, let fileSize):
            "\(file): the header promises \(promised) bytes of contents, which a gzip file of "
                + "\(fileSize) bytes cannot hold; fetch it again"
        case .trailingBytes(let file, let expected):
            "\(file): contents go on after the \(expected) bytes that the header promises; "
                + "fetch it again"
        case .corruptGzip(let file, let reason):
            "\(file): damaged where an intact gzip stream was expected (\(reason)); fetch it again"
        case .empty(let file):
            "\(file): a count of 0 where at least 1 was expected; is this the right file?"
        case .tooMany(let file, let found, let countMax):
            "\(file): a count of \(found) where at most \(countMax) is accepted; "
                + "is the header damaged?"
        case .wrongItemShape(let file, let found, let expected):
            "\(file): \(expected.count == 2 ? "images" : "items") of \(Self.text(of: found)) where "
                + "\(Self.text(of: expected)) was expected; scale them and write the file again"
        case .gzipInGzip(let file):
            "\(file): gzip was found inside gzip where an IDX file was expected; unpack it once"
        }
    }

    private static func question(magic: UInt32) -> String {
        switch magic {
        case 0x0000_0803: "is this the image file?"
        case 0x0000_0801: "is this the label file?"
        case 0x504B_0304: "this is a zip archive: unpack it"
        default: "is this an IDX file?"
        }
    }

    private static func text(of shape: [Int]) -> String {
        shape.map(String.init).joined(separator: "×")
    }

    private static func hex(_ magic: UInt32) -> String {
        let digits = String(magic, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
