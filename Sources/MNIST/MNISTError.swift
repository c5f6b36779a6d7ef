package import IDX

/// Why a data set cannot be loaded; each case reads as one sentence for the operator.
///
/// `file` is the path that was read, so that the sentence points at what to repair.
package enum MNISTError: Error, Equatable, CustomStringConvertible {
    /// The executable does not have its data set beside it.
    case missingBundle(folder: String)
    /// The folder that should hold the four files does not exist.
    case missingFolder(folder: String)
    /// A file is there instead of the folder.
    case fileForFolder(file: String)
    /// One of the four files is there neither plain nor with `.gz`.
    case missingFile(folder: String, name: String)
    /// One of the files cannot be read.
    case file(IDXError)
    /// The two files of a pair disagree about their count.
    case countsDiffer(images: String, imageCount: Int, labels: String, labelCount: Int)
    /// A file is there under a name that is not quite that of one of the four.
    case misnamedFile(folder: String, name: String, found: [String])
    /// The folder holds folders of pictures.
    case folderOfPictures(folder: String)
    /// The folder holds more than one of EMNIST's data sets.
    case severalDatasets(folder: String, prefixes: [String])
    /// A label is of no class.
    case labelOfNoClass(file: String, index: Int, label: UInt8, classes: Range<Int>)
    /// There are fewer or more classes than are told apart.
    case classCount(file: String, found: Int)
    /// No image has a label that is lower than others are.
    case missingClass(file: String, label: Int, greatest: Int)
    /// A class cannot be called so.
    case badClassName(file: String, line: Int, name: String)

    package var description: String {
        switch self {
        case .missingBundle(let folder):
            "loading MNIST: its files are not in \(folder), where the build puts them; "
                + "keep that folder beside the executable or name another data set"
        case .missingFolder(let folder):
            "\(folder): a folder with a data set was expected and there is none; it must hold "
                + Self.fourNames
        case .fileForFolder(let file):
            "\(file): a file was found where a folder with a data set was expected; "
                + (file.hasSuffix(".npz")
                    ? "make one with lockstep data import \(file) --to a new folder"
                    : "name a folder that holds \(Self.fourNames)")
        case .missingFile(let folder, let name):
            "\(folder): \(name) is missing, plain or .gz; a data set's folder must hold "
                + Self.fourNames + ", or to evaluate the last two"
        case .file(let error): error.description
        case .countsDiffer(let images, let imageCount, let labels, let labelCount):
            "\(images): \(imageCount) images where \(labels) has \(labelCount) labels; "
                + "use the two files of one data set"
        case .misnamedFile(let folder, let name, let found):
            "\(folder): \(name) is missing, plain or .gz; \(Self.list(found)) "
                + "\(found.count == 1 ? "looks like it: unpack or rename it" : "look like it: unpack or rename one")"
        case .folderOfPictures(let folder):
            "\(folder): folders of pictures were found where IDX files were expected; "
                + "make these with lockstep data import \(folder) --to a new folder"
        case .severalDatasets(let folder, let prefixes):
            "\(folder): the data sets \(Self.list(prefixes)) were found where one was expected; "
                + "name one, as in \(folder)/\(prefixes[0])"
        case .labelOfNoClass(let file, let index, let label, let classes):
            "\(file): label \(label) at index \(index) where \(classes.lowerBound) to "
                + "\(classes.upperBound - 1) was expected; give --classes, or --first-label, as the "
                + "data set has them"
        case .classCount(let file, let found):
            "\(file): \(found) class\(found == 1 ? "" : "es") where 2 to 255 were expected; "
                + "use another data set, or give --classes"
        case .missingClass(let file, let label, let greatest):
            "\(file): no label \(label) where labels up to \(greatest) were found; give --classes "
                + "if that is right, else fetch the file again"
        case .badClassName(let file, let line, let name):
            "\(file): line \(line), '\(name.prefix(40))', where a name of its own was expected; write "
                + "1 to 40 characters without a comma, another name on each line"
        }
    }

    private static let fourNames =
        "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
        + "t10k-labels-idx1-ubyte, each plain or .gz"

    /// Names, the first three of them.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).map { String($0.prefix(48)) }
        let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
        return shown.joined(separator: ", ") + rest
    }
}
