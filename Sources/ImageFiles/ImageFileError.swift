/// Why a picture cannot be read as a digit; each case reads as one sentence for the operator.
package enum ImageFileError: Error, Equatable, CustomStringConvertible {
    /// The operating system refuses the file.
    case unreadable(file: String, reason: String)
    /// The file is larger than any picture that is accepted.
    case fileTooLarge(file: String, sizeMax: Int)
    /// The file opens as none of the formats that are read does.
    ///
    /// `format` is what it is, if that shows.
    case unknownFormat(file: String, format: String? = nil)
    /// The folder holds no file whose name ends as a picture's does.
    case emptyFolder(folder: String)
    /// The picture has more rows, columns or pixels than are accepted.
    case tooLarge(file: String, width: Int, height: Int)
    /// The file goes over its pixels more often than any camera's or program's does.
    case tooManyScans(file: String, found: Int, countMax: Int)
    /// The file is cut short or damaged; the reason is the decoder's.
    case damaged(file: String, format: String, reason: String)
    /// The file is of a kind that its format allows and that is not read.
    case unsupported(file: String, found: String, expected: String)
    /// The picture shows nothing that stands out from its background.
    case blank(file: String)
    /// The picture shows more than one digit.
    case several(file: String)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read where a readable picture was expected (\(reason)); "
                + "check its name and permissions"
        case .fileTooLarge(let file, let sizeMax):
            "\(file): more than the \(sizeMax) bytes that a picture may have; scale it down"
        case .unknownFormat(let file, let format):
            "\(file): \(format.map { "a \($0) picture" } ?? "something else") was found where one of the "
                + "formats read here was expected; save the picture as one of these: "
                + PictureFormat.namesRead
        case .emptyFolder(let folder):
            "\(folder): no picture was found in this folder where one at least was expected; "
                + "their names end in \(PictureFormat.endings.joined(separator: ", "))"
        case .tooLarge(let file, let width, let height):
            "\(file): \(width)×\(height) pixels where at most \(GrayPicture.sideMax) a side and "
                + "\(GrayPicture.pixelCountMax) in all are accepted; scale it down"
        case .tooManyScans(let file, let found, let countMax):
            "\(file): \(found) scans where a picture of this size is accepted with at most \(countMax); "
                + "save it again, not progressive"
        case .damaged(let file, let format, let reason):
            "\(file): truncated or damaged where an intact \(format) was expected (\(reason)); "
                + "save or fetch it again"
        case .unsupported(let file, let found, let expected):
            "\(file): \(found) was found where \(expected) was expected; save it as PNG"
        case .blank(let file):
            "\(file): no digit was found where one on a plain background was expected; "
                + "draw it darker or light the page better"
        case .several(let file):
            "\(file): more than one digit was found where a single one was expected; "
                + "cut the picture around each"
        }
    }
}
