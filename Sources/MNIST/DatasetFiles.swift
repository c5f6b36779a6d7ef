import Foundation

/// Finds the four files of a data set by the names that they go under.
///
/// LeCun's names are `train-images-idx3-ubyte` and the like; Kaggle has a point before `idx3`, and
/// wraps each file in a folder of its name; EMNIST puts the name of the split in front, as in
/// `emnist-letters-train-images-idx3-ubyte`, with `test` for `t10k`. Each may be gzip with `.gz` at
/// the end.
struct DatasetFiles: Equatable, Sendable {
    /// One of the four.
    struct Part: Equatable, Sendable {
        /// `train` or `t10k`.
        let half: String
        /// `images` or `labels`.
        let kind: String

        /// Its name where nothing else is said.
        var name: String { "\(half)-\(kind)-\(type)-ubyte" }

        private var type: String { kind == "images" ? "idx3" : "idx1" }

        /// What it may be called.
        fileprivate func names(prefix: String?) -> [String] {
            let halves = half == "t10k" ? ["t10k", "test"] : [half]
            return halves.flatMap { half in
                ["-", "."].map { mark in
                    (prefix.map { $0 + "-" } ?? "") + "\(half)-\(kind)\(mark)\(type)-ubyte"
                }
            }
        }
    }

    /// Where they are.
    let folder: String
    /// What EMNIST puts in front of each name; nil for nothing.
    let prefix: String?

    /// Looks into a folder, or for the files whose path begins so, as in `gzip/emnist-letters`.
    ///
    /// - Throws: when there is neither, and when a folder has several data sets.
    init(at path: String) throws(MNISTError) {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        if Self.isFolder(trimmed) {
            folder = trimmed
            let names = Self.entries(of: trimmed)
            let prefixes = Self.prefixes(in: names)
            let hasPlain = names.contains { $0.hasPrefix("train-") || $0.hasPrefix("t10k-") }
            guard hasPlain || prefixes.count < 2 else {
                throw .severalDatasets(folder: trimmed, prefixes: prefixes)
            }
            prefix = hasPlain ? nil : prefixes.first
            return
        }
        let url = URL(fileURLWithPath: trimmed)
        let (parent, name) = (url.deletingLastPathComponent().path, url.lastPathComponent)
        guard !FileManager.default.fileExists(atPath: trimmed) else {
            throw .fileForFolder(file: trimmed)
        }
        guard Self.prefixes(in: Self.entries(of: parent)).contains(name) else {
            throw .missingFolder(folder: path)
        }
        (folder, prefix) = (parent, name)
    }

    /// Where a part is.
    ///
    /// - Throws: when it is not there; names that come near are told.
    func path(of part: Part) throws(MNISTError) -> String {
        for name in part.names(prefix: prefix) {
            for name in [name, name + ".gz"] {
                let path = folder + "/" + name
                guard FileManager.default.fileExists(atPath: path) else { continue }
                // Kaggle's archive has a folder of that name around the file.
                let inner = path + "/" + name
                return Self.isFolder(path) && FileManager.default.fileExists(atPath: inner)
                    ? inner : path
            }
        }
        let near = nearNames(to: part)
        guard near.isEmpty else {
            throw .misnamedFile(folder: folder, name: part.name, found: near)
        }
        let isOfPictures = Self.isFolder(folder + "/train")
        throw isOfPictures
            ? .folderOfPictures(folder: folder) : .missingFile(folder: folder, name: part.name)
    }

    /// The names of files that may be meant to be a part: they speak of its half and its kind, or
    /// are a few letters away.
    private func nearNames(to part: Part) -> [String] {
        let halves = part.half == "train" ? ["train"] : ["t10k", "test"]
        let accepted = Part.all.flatMap { $0.names(prefix: prefix) }
        return Self.entries(of: folder).filter { name in
            let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
            guard !accepted.contains(plain), !Self.isFolder(folder + "/" + name) else {
                return false
            }
            let lower = name.lowercased()
            let speaks =
                halves.contains { lower.contains($0) } && lower.contains(part.kind.dropLast())
            return speaks || Self.isNear(plain, part.name)
        }
    }

    /// Whether names of much the same length differ in three letters at most.
    private static func isNear(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard abs(left.count - right.count) <= 3 else { return false }
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count] <= 3
    }

    private static func prefixes(in names: [String]) -> [String] {
        let ends = [
            "-train-images-idx3-ubyte", "-train-images-idx3-ubyte.gz", "-test-images-idx3-ubyte",
            "-test-images-idx3-ubyte.gz",
        ]
        let found = names.compactMap { name in
            ends.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
        }
        return Set(found).sorted()
    }

    private static func entries(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}

extension DatasetFiles.Part {
    /// The four, those of the training images first.
    static let all = ["train", "t10k"].flatMap { half in
        ["images", "labels"].map { Self(half: half, kind: $0) }
    }
}
