import Glibc
package import Safetensors

/// What can go wrong with the files of this module, each as one sentence for the operator.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
    /// A system call failed; `call` is its name, `code` its `errno`.
    case systemCall(_ call: String, path: String, code: Int32)
    /// The path leads to a folder, a device or another thing that is not a file.
    case notAFile(path: String)
    /// The file is larger than anything this program writes or reads.
    case tooLarge(path: String, size: Int, sizeMax: Int)
    /// The file breaks the safetensors format, or a tensor does not hold 32-bit floats.
    case malformed(SafetensorsError)
    /// A checksum in the metadata disagrees with what it was made of.
    case wrongChecksum(path: String, part: String, found: String, expected: String)
    /// A tensor of the table is absent.
    case missingTensor(path: String, name: String)
    /// A tensor is in the file but not in the table.
    case unexpectedTensor(path: String, name: String)
    /// A tensor has another shape than the table's.
    case wrongShape(path: String, tensor: String, found: [Int], expected: [Int])
    /// A metadata value is absent (`found` is nil) or not what the format asks for.
    case wrongMetadata(path: String, key: String, found: String?, expected: String)
    /// The folder has checkpoints, and not one can be used; `problems` has a sentence for each.
    case noneValid(folder: String, problems: [String])

    /// The sentence: what was being done; what was found against what was expected; what to do.
    package var description: String {
        switch self {
        case .systemCall(let call, let path, let code):
            "\(path): \"\(String(cString: strerror(code)))\" was found where it was to be "
                + "\(Self.words(for: call)); \(Self.remedy(for: code))"
        case .notAFile(let path):
            "\(path): a folder or device was found where a file was expected; name the file itself"
        case .tooLarge(let path, let size, let sizeMax):
            "\(path): \(size) bytes where at most \(sizeMax) were expected; is this the right file?"
        case .malformed(let error): error.description
        case .wrongChecksum(let path, let part, let found, let expected):
            "\(path): the \(part) has the SHA-256 \(found) where \(expected) was expected; "
                + "the file is damaged, use another copy"
        case .missingTensor(let path, let name):
            "\(path): no tensor \(name) where one was expected; is this a model of another kind?"
        case .unexpectedTensor(let path, let name):
            "\(path): a tensor \(name) where none of that name was expected; "
                + "is this a model of another kind?"
        case .wrongShape(let path, let tensor, let found, let expected):
            "\(path): \(tensor) has the shape \(found) where \(expected) was expected; "
                + "is this a model of another kind?"
        case .wrongMetadata(let path, let key, let found, let expected):
            "\(path): the metadata has \(found.map { "\(key) \"\($0)\"" } ?? "no \(key)") where "
                + "\(expected) was expected; was it written by another program or version?"
        case .noneValid(let folder, let problems):
            // Of many the newest is enough, for all of them fit into no sentence.
            "\(folder): \(problems.count == 1 ? "the only checkpoint is not" : "none of \(problems.count) checkpoints is") valid where one was expected "
                + "(\(problems.first ?? "none")); restore one from a copy, or start "
                + "afresh in another run folder"
        }
    }

    /// Whether a file or folder simply was not there.
    var isAbsence: Bool {
        if case .systemCall(_, _, ENOENT) = self { true } else { false }
    }

    /// Says what a system call does to a file.
    private static func words(for call: String) -> String {
        switch call {
        case "open": "opened"
        case "write": "written"
        case "read", "fstat": "read"
        case "fsync", "close": "saved"
        case "mkdir": "made"
        case "opendir", "readdir": "listed"
        case "rename": "put in its place"
        case "unlink": "removed"
        default: "used (\(call))"
        }
    }

    /// Says what an operator can do about an `errno`.
    private static func remedy(for code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "free some space there, or choose a folder on another disk"
        case EACCES, EPERM: "check who owns it and its permissions"
        case EROFS: "choose a folder that can be written to"
        case ENOENT: "check the path"
        case ENOTDIR, ELOOP: "check that each folder of the path is one, not a link or a file"
        case EISDIR, EEXIST, ENOTEMPTY: "move away what is there under that name"
        case EMFILE, ENFILE: "raise the limit on open files"
        default: "check the disk"
        }
    }
}
