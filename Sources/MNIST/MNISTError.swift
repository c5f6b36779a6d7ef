/// Why a data set cannot be loaded; each case reads as one sentence for the operator.
///
/// `file` is the path that was read, so that the sentence points at what to repair.
package enum MNISTError: Error, Equatable, CustomStringConvertible {
    /// The executable does not have its data set beside it.
    case missingBundle(folder: String)
    /// The folder that should hold the four files does not exist, or is a file.
    case missingFolder(folder: String)
    /// One of the four files is there neither plain nor with `.gz`.
    case missingFile(folder: String, name: String)
    /// The operating system refuses the file.
    case unreadable(file: String, reason: String)
    /// The file is larger than any data set that is accepted.
    case tooLarge(file: String, sizeMax: Int)
    /// The file opens with another magic number than its name says.
    case wrongMagic(file: String, found: UInt32, expected: UInt32)
    /// The file's contents end before what the header promises.
    case truncated(file: String, found: Int, expected: Int)
    /// The header promises more than a gzip file of this size can hold.
    case impossiblePromise(file: String, promised: Int, fileSize: Int)
    /// The file's contents go on after what the header promises.
    case trailingBytes(file: String, expected: Int)
    /// The gzip stream is damaged.
    case corruptGzip(file: String, reason: String)
    /// The header's count is zero.
    case empty(file: String)
    /// The header's count is beyond the most that is accepted.
    case tooMany(file: String, found: Int, countMax: Int)
    /// The images are not 28×28.
    case wrongImageSize(file: String, rowCount: Int, columnCount: Int)
    /// The two files of a pair disagree about their count.
    case countsDiffer(images: String, imageCount: Int, labels: String, labelCount: Int)
    /// A label is no digit.
    case labelOverNine(file: String, index: Int, label: UInt8)

    package var description: String {
        switch self {
        case .missingBundle(let folder):
            "loading MNIST: its files are not in \(folder), where the build puts them; "
                + "keep that folder beside the executable or name another data set"
        case .missingFolder(let folder):
            "\(folder): a folder with a data set was expected and there is none; it must hold "
                + Self.fourNames
        case .missingFile(let folder, let name):
            "\(folder): \(name) is missing, plain or .gz; a data set's folder must hold "
                + Self.fourNames + ", or to evaluate the last two"
        case .unreadable(let file, let reason):
            "\(file): cannot be read where a readable file was expected (\(reason)); "
                + "check its kind and permissions"
        case .tooLarge(let file, let sizeMax):
            "\(file): more than the \(sizeMax) bytes that a data set's file may have; "
                + "is this an IDX file?"
        case .wrongMagic(let file, let found, let expected):
            "\(file): magic \(Self.hex(found)) where \(Self.hex(expected)) was expected; "
                + Self.question(magic: found)
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
        case .wrongImageSize(let file, let rowCount, let columnCount):
            "\(file): images of \(rowCount)×\(columnCount) where 28×28 was expected; "
                + "scale them and write the file again"
        case .countsDiffer(let images, let imageCount, let labels, let labelCount):
            "\(images): \(imageCount) images where \(labels) has \(labelCount) labels; "
                + "use the two files of one data set"
        case .labelOverNine(let file, let index, let label):
            "\(file): label \(label) at index \(index) where 0 to 9 was expected; "
                + "use a data set of ten classes"
        }
    }

    private static let fourNames =
        "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
        + "t10k-labels-idx1-ubyte, each plain or .gz"

    private static func question(magic: UInt32) -> String {
        switch magic {
        case IDXReader.imagesMagic: "is this the image file?"
        case IDXReader.labelsMagic: "is this the label file?"
        default: "is this an IDX file?"
        }
    }

    private static func hex(_ magic: UInt32) -> String {
        let digits = String(magic, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
