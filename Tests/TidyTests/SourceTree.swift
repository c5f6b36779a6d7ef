import Foundation

/// The project's own Swift files, as text.
struct SourceTree {
    /// One file.
    struct File {
        /// Its path from the package's root, such as `Sources/Model/Adam.swift`.
        let path: String
        /// Its lines, without their ends.
        let lines: [String]

        /// The folder below `Sources` or `Tests` that it belongs to.
        var module: String { String(path.split(separator: "/")[1]) }

        /// The file's name without its ending.
        var name: String { String(path.split(separator: "/").last!.dropLast(".swift".count)) }
    }

    let files: [File]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Reads every Swift file below `folders`, generated ones left out.
    init(_ folders: [String]) throws {
        files = try folders.flatMap { folder in
            try FileManager.default
                .subpathsOfDirectory(atPath: Self.root.appending(path: folder).path)
                .filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }
                .sorted()
                .map { try Self.file("\(folder)/\($0)") }
        }
    }

    /// Reads one file of the package, such as `README.md`.
    static func file(_ path: String) throws -> File {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return File(path: path, lines: lines.map(String.init))
    }
}

extension SourceTree.File {
    /// The modules that it imports, with the numbers of their lines.
    var imports: [(line: Int, module: String)] {
        lines.enumerated().compactMap { index, text in
            let words = text.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                !text.isComment
            else { return nil }
            let isImport = words[..<place].allSatisfy {
                ["package", "internal", "private", "@preconcurrency", "@testable"].contains($0)
            }
            return isImport ? (index + 1, String(words[words.count - 1])) : nil
        }
    }
}

extension String {
    /// Whether a line is nothing but a comment.
    var isComment: Bool { drop { $0 == " " }.hasPrefix("//") }
}
