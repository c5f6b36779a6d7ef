/// Lines of a comment that belong together: a paragraph, or one item of a list.
struct CommentParagraph {
    /// The number of its first line in its file, from 1.
    let line: Int
    /// What stands before the text of the first line, such as `    /// `, and of the others.
    private(set) var prefixes: (first: String, rest: String)
    /// The text of each line.
    private(set) var texts: [String]

    /// The longest line that a formatter leaves: a word that would have gone three columns further
    /// may have been kept whole.
    private static let columnMax = 97

    /// All of it on one line.
    var text: String { texts.joined(separator: " ") }

    /// Whether a line ends although the next one's first word would have had room on it.
    ///
    /// Lines with a gap inside are aligned by hand: a drawing or a table.
    var isBroken: Bool {
        guard !texts.contains(where: { $0.contains(/\S {2,}\S/) }) else { return false }
        return zip(texts, texts.dropFirst()).enumerated().contains { index, pair in
            let prefix = index == 0 ? prefixes.first : prefixes.rest
            let word = pair.1.prefix { $0 != " " }
            return prefix.count + pair.0.count + 1 + word.count <= Self.columnMax
        }
    }

    /// The paragraphs of a file's comments; code blocks, tables and headings are none.
    static func all(of lines: [String]) -> [CommentParagraph] {
        var paragraphs: [CommentParagraph] = []
        var open: CommentParagraph?
        var isCode = false
        func close() {
            if let open { paragraphs.append(open) }
            open = nil
        }
        for (index, line) in lines.enumerated() {
            guard let match = line.wholeMatch(of: /( *\/\/\/? +)(\S.*)/) else {
                close()
                continue
            }
            let (prefix, text) = (String(match.1), String(match.2))
            if text.hasPrefix("```") { isCode.toggle() }
            if isCode || text.contains(/^(```|\||#|>|MARK|swift-format|SPDX)/) {
                close()
            } else if open?.continues(with: prefix) == true, !isItem(text) {
                open?.append(text, prefix: prefix)
            } else {
                close()
                // Text that is indented by itself is code.
                guard !prefix.hasSuffix("     ") else { continue }
                open = Self(line: index + 1, prefixes: (prefix, prefix), texts: [text])
            }
        }
        close()
        return paragraphs
    }

    private static func isItem(_ text: String) -> Bool { text.contains(/^([-*]|\d+\.)\ /) }

    /// Whether a line with this prefix goes on with the paragraph: an item's lines hang below its
    /// first one, all others begin in one column.
    private func continues(with prefix: String) -> Bool {
        guard texts.count == 1, Self.isItem(texts[0]) else { return prefix == prefixes.rest }
        return prefix.count > prefixes.first.count && prefix.hasPrefix(prefixes.first)
    }

    private mutating func append(_ text: String, prefix: String) {
        prefixes.rest = prefix
        texts.append(text)
    }
}
