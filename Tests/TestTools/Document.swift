package import Foundation

/// A page of the documentation, as its source in Markdown.
package struct Document: Sendable {
    /// A fenced block of code.
    package struct Block: Sendable {
        /// What stands behind its fence, such as `sh`.
        package let language: String
        /// Its lines.
        package let lines: [String]
        /// The number of its first line in the page, from 1.
        package let line: Int
        /// How it is held true; nil where nothing says so.
        package let mark: Mark?
    }

    /// How a block is held true.
    package enum Mark: Equatable, Sendable {
        /// `<!-- run -->` or `<!-- run, exit 3 -->`: a test runs it as it stands.
        case run(exitCode: Int32)
        /// `<!-- run by PATH: TEXT -->`: that file runs it, and has this text too.
        case runBy(path: String, text: String)
        /// `<!-- file NAME -->`: the blocks that follow find it as this file.
        case file(String)
        /// `*Not run by a test: REASON*`, below it, for readers too.
        case notRun(reason: String)
    }

    /// The page's path from the package's root.
    package let path: String
    /// Its lines.
    package let lines: [String]
    /// Its fenced blocks.
    package let blocks: [Block]

    /// Reads a page.
    package init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        blocks = Self.blocks(in: lines)
    }

    /// Reads a page of the package.
    ///
    /// - Throws: when there is no such file.
    package init(path: String) throws {
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        self.init(path: path, text: text)
    }

    /// The package's root.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Where the articles are.
    package static let catalogue = "Sources/lockstep/Documentation.docc"

    /// The README and every article.
    ///
    /// - Throws: when one cannot be read.
    package static func all() throws -> [Document] {
        let names = try FileManager.default
            .contentsOfDirectory(atPath: root.appending(path: catalogue).path)
            .filter { $0.hasSuffix(".md") }.sorted()
        return try (["README.md"] + names.map { "\(catalogue)/\($0)" }).map {
            try Document(path: $0)
        }
    }

    /// The lines below a heading, up to the next one of its level or above.
    package func section(_ heading: String) -> [String] {
        let level = heading.prefix { $0 == "#" }.count
        let rest = lines.drop { $0 != heading }.dropFirst()
        return Array(
            rest.prefix { line in
                let depth = line.prefix { $0 == "#" }.count
                return depth == 0 || depth > level
            }
        )
    }

    private static func blocks(in lines: [String]) -> [Block] {
        var blocks: [Block] = []
        var index = 0
        while index < lines.count {
            guard lines[index].hasPrefix("```") else {
                index += 1
                continue
            }
            let start = index + 1
            let end = lines[start...].firstIndex { $0.hasPrefix("```") } ?? lines.count
            let above = index > 0 ? lines[index - 1] : ""
            blocks.append(
                Block(
                    language: String(lines[index].dropFirst(3)),
                    lines: Array(lines[start..<end]),
                    line: start + 1,
                    mark: mark(above) ?? reason(in: lines.dropFirst(end + 1))
                )
            )
            index = end + 1
        }
        return blocks
    }

    /// What the comment above a block says.
    private static func mark(_ line: String) -> Mark? {
        if let match = line.wholeMatch(of: /<!-- run(?:, exit (\d+))? -->/) {
            return .run(exitCode: match.1.flatMap { Int32($0) } ?? 0)
        }
        if let match = line.wholeMatch(of: /<!-- run by ([^:]+): (.+) -->/) {
            return .runBy(path: String(match.1), text: String(match.2))
        }
        return line.wholeMatch(of: /<!-- file (\S+) -->/).map { .file(String($0.1)) }
    }

    /// Why a block is not run, as the paragraph below says.
    private static func reason(in lines: ArraySlice<String>) -> Mark? {
        let paragraph = lines.drop { $0.isEmpty }.prefix { !$0.isEmpty }.joined(separator: " ")
        return paragraph.firstMatch(of: /^\*Not run by a test: ([^*]+[.])\*/)
            .map { .notRun(reason: String($0.1)) }
    }
}
