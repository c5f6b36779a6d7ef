/// Why a report could not be written, as one sentence for the operator.
package enum ReportError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be written.
    case unwritable(file: String, reason: String)
    /// The file cannot be read.
    case unreadable(file: String, reason: String)
    /// A new run would write over an earlier one's file.
    case alreadyThere(file: String)
    /// A number or text has no form in the file.
    case unrepresentable(file: String, reason: String)

    package var description: String {
        switch self {
        case .unwritable(let file, let reason):
            "\(file): cannot be written (\(reason)) where a writable folder with room was "
                + "expected; check its permissions and the disk, or choose another --run-dir"
        case .unreadable(let file, let reason):
            "\(file): cannot be read (\(reason)) where a run's file was expected; "
                + "check its permissions and the disk"
        case .alreadyThere(let file):
            "\(file): is there already where a new run was to begin; "
                + "continue that run with --resume or choose another --run-dir"
        case .unrepresentable(let file, let reason):
            "\(file): \(reason) where a report's values were expected; please report this mistake"
        }
    }
}
