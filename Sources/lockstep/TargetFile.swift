import Checkpoints
import Foundation

/// A file that a command writes for its user, under a name that the user gave.
struct TargetFile {
    /// Why the file cannot be written there.
    enum Failure: Error, Equatable, CustomStringConvertible {
        /// A file of that name is there, and nobody said that it may go.
        case exists(path: String)
        /// What has that name is a folder or a device, which a rename would put an end to.
        case isNoFile(path: String)
        /// The system does not let it be written.
        case unwritable(path: String, reason: String)

        var description: String {
            switch self {
            case .exists(let path):
                "\(path): a file was found where a new one was to be written; add --force to replace it, or name another"
            case .isNoFile(let path):
                "\(path): a folder or device was found where a file was to be written; name a file"
            case .unwritable(let path, let reason):
                "\(path): writing failed with \"\(reason)\" where a folder with room that may be written to was expected; check the path, or name another"
            }
        }
    }

    /// The file's path.
    let path: String

    /// Makes sure that nothing is lost by writing there.
    ///
    /// - Parameter replaces: whether a file of that name may go.
    /// - Throws: ``Failure`` when something is there that stays.
    init(_ name: String, replaces: Bool) throws(Failure) {
        path = NSString(string: name).expandingTildeInPath
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .isNoFile(path: path) }
        guard replaces else { throw .exists(path: path) }
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: ``Failure/unwritable(path:reason:)``; what was there before is whole then.
    func write(_ bytes: [UInt8]) throws(Failure) {
        do throws(CheckpointError) {
            try AtomicWrite.write(bytes, to: path)
        } catch {
            guard case .systemCall(_, _, let code) = error else {
                throw .unwritable(path: path, reason: "\(error)")
            }
            throw .unwritable(path: path, reason: String(cString: strerror(code)))
        }
    }
}
