import Foundation

/// The folders that a path lacked and that were made for it, the outermost first.
struct MadeFolders: Equatable, Sendable {
    private var paths: [String] = []

    /// The innermost that was made; nil if all were there.
    var last: String? { paths.last }

    /// Makes a folder, and its parents where they are missing.
    ///
    /// - Throws: ``RunFolder/Failure/unusable(path:reason:)`` when one cannot be made; those before
    ///   it are removed again.
    init(upTo folder: String) throws(RunFolder.Failure) {
        do throws(RunFolder.Failure) {
            try make(folder)
        } catch {
            remove()
            throw error
        }
    }

    /// Removes them, the innermost first; one that has got contents stays, with those around it.
    func remove() {
        for path in paths.reversed() where rmdir(path) != 0 { return }
    }

    private mutating func make(_ folder: String) throws(RunFolder.Failure) {
        if try makeOne(folder) { return }
        let parent = NSString(string: folder).deletingLastPathComponent
        guard parent.count < folder.count, !parent.isEmpty else { throw RunFolder.unusable(folder) }
        try make(parent)
        guard try makeOne(folder) else { throw RunFolder.unusable(folder) }
    }

    /// Makes a folder; false, with `errno` set, when its parent is missing.
    private mutating func makeOne(_ folder: String) throws(RunFolder.Failure) -> Bool {
        if mkdir(folder, 0o750) == 0 {
            paths.append(folder)
            return true
        }
        if errno == EEXIST { return true }
        guard errno == ENOENT else { throw RunFolder.unusable(folder) }
        return false
    }
}
