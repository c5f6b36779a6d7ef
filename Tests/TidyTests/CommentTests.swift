import TestTools
import Testing

/// What comments look like and how they speak.
struct CommentTests {
    private let files: [SourceTree.File]

    init() throws {
        files = try SourceTree(["Sources", "Tests"]).files + [SourceTree.file("Package.swift")]
    }

    @Test func `breaks no paragraph in its middle`() {
        for file in files {
            for paragraph in CommentParagraph.all(of: file.lines) where paragraph.isBroken {
                Issue.record(
                    "\(file.path):\(paragraph.line): a line of this comment ends early; let the paragraph flow again"
                )
            }
        }
    }

    @Test func `says nothing in stilted phrases`() throws {
        for document in try Document.all() {
            let prose = document.lines.split(separator: "").map { $0.joined(separator: " ") }
            for text in prose {
                if let phrase = Self.stiltedPhrase(in: text) {
                    Issue.record(
                        "\(document.path): '\(phrase)'; say it in plain words: \(text.prefix(80))…"
                    )
                }
            }
        }
        for file in files {
            for paragraph in CommentParagraph.all(of: file.lines) {
                if let phrase = Self.stiltedPhrase(in: paragraph.text) {
                    Issue.record(
                        "\(file.path):\(paragraph.line): '\(phrase)'; say it in plain words"
                    )
                }
            }
        }
    }

    /// The phrase with "many" is allowed where a "that" or an "as" follows; as a number it is a
    /// riddle.
    private static func stiltedPhrase(in text: String) -> String? {
        let phrases = /\b(be it|who claims|so many(?! (\w+ ){0,3}(that|as)\b))\b/.ignoresCase()
        return text.firstMatch(of: phrases).map { String($0.1) }
    }

    @Test(arguments: [
        ("/// One word and another that", "/// is here.", true),
        ("/// - Parameter x: what it is", "///   to be.", true),
        ("///     let x = 1", "///     let y = 2", false),
        ("/// One.", "///", false),
        ("/// - one", "/// - two", false),
        ("/// 1. one", "/// 2. two", false),
        ("/// | a | b |", "/// | c | d |", false),
        ("/// a    b", "/// c    d", false),
        ("/// One.", "    /// Two.", false),
        ("/// One.", "// Two.", false),
        ("let x = 1 // One", "// two", false),
    ])
    func `knows a broken paragraph`(first: String, second: String, isBroken: Bool) {
        let paragraphs = CommentParagraph.all(of: [first, second])
        #expect(paragraphs.contains { $0.isBroken } == isBroken)
    }

    @Test func `leaves code blocks and full lines alone`() {
        let full = "/// " + String(repeating: "word ", count: 18) + "end"
        #expect(full.count == 97)
        #expect(CommentParagraph.all(of: [full, "/// and more"]).filter(\.isBroken).isEmpty)
        let code = ["/// ```", "/// let x", "/// let y", "/// ```", "/// One", "/// two."]
        #expect(CommentParagraph.all(of: code).filter(\.isBroken).map(\.line) == [5])
    }
}
