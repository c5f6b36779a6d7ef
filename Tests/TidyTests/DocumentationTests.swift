import Foundation
import TestTools
import Testing

/// What the documentation says of the sources, and that nothing in it is left untried.
struct DocumentationTests {
    private let documents: [Document]
    private let readme: Document

    init() throws {
        documents = try Document.all()
        readme = documents[0]
    }

    private func article(_ name: String) throws -> Document {
        try Document(path: "\(Document.catalogue)/\(name).md")
    }

    @Test func `follows a gradient through files that are there, and through few of them`() throws {
        let lines = try article("Architecture").lines
        let named = lines.compactMap { $0.firstMatch(of: /^\d+\. `(\w[\w\/+.]+)`/) }.map {
            String($0.output.1)
        }
        #expect(named.count > 15)
        #expect(named.count <= 25)
        for path in named { #expect(throws: Never.self) { _ = try SourceTree.file(path) } }
    }

    @Test func `shows the driver's loop in words of the drivers, and in few lines`() throws {
        let loop = try #require(try article("Architecture").blocks.first { $0.language == "swift" })
        #expect(loop.lines.count <= 20)
        let sources = try SourceTree(["Sources/TrainingDriver", "Sources/Training"]).files
            .flatMap(\.lines).joined(separator: "\n")
        let code = loop.lines.map { $0.split(separator: "//", maxSplits: 1).first ?? "" }
        for word in code.joined(separator: "\n").matches(of: /\.?[A-Za-z]+\b/) {
            #expect(sources.contains(word.output), "\(word.output)")
        }
    }

    @Test func `has a README of one screen`() {
        #expect(readme.lines.count <= 181, "the last one is empty")
        for (index, line) in readme.lines.enumerated() where line.count > 120 {
            Issue.record("README.md:\(index + 1) has \(line.count) characters where 120 fit")
        }
    }

    @Test func `breaks the lines of articles, except tables`() {
        for document in documents {
            for (index, line) in document.lines.enumerated()
            where line.count > 120 && !line.hasPrefix("|") && !line.hasPrefix("lockstep: ") {
                Issue.record(
                    "\(document.path):\(index + 1) has \(line.count) characters where 120 fit"
                )
            }
        }
    }

    @Test func `lists every article`() throws {
        let topics = try article("Lockstep").section("## Topics")
        let listed = topics.compactMap { $0.firstMatch(of: /^- <doc:(\w+)>$/) }.map {
            "\(Document.catalogue)/\($0.output.1).md"
        }
        let articles = documents.dropFirst().map(\.path)
        #expect(listed.sorted() == articles.filter { !$0.hasSuffix("/Lockstep.md") }.sorted())
    }

    @Test func `runs every command that it shows, or says why not`() throws {
        for document in documents {
            for block in document.blocks {
                let place = "\(document.path):\(block.line)"
                switch block.mark {
                case nil:
                    let isText = ["text", "swift"].contains(block.language)
                    #expect(isText, "\(place): run it (<!-- run -->), or say below why not")
                    let command =
                        /^(\$ |\.?\w+=\S+ )*(lockstep [a-z]|swift |kubectl |docker |\.ci\/)/
                    for line in block.lines where line.contains(command) {
                        Issue.record("\(place): a command in a block of text: \(line)")
                    }
                case .runBy(let path, let text):
                    let file = try SourceTree.file(path).lines.joined(separator: "\n")
                    #expect(file.contains(text), "\(place): \(path) does not have: \(text)")
                    #expect(block.lines.joined(separator: "\n").contains(text), "\(place): \(text)")
                case .run, .file, .notRun: break
                }
            }
            // An indented block would go unseen.
            let prose = zip(document.lines, document.lines.dropFirst()).enumerated()
                .filter { $0.element.0.isEmpty && $0.element.1.hasPrefix("    ") }
                .map { ($0.offset + 1, $0.element.1) }
            for (index, line) in prose where !document.blocks.contains(where: { $0.has(index + 1) })
            {
                #expect(line.hasPrefix("    @"), "\(document.path):\(index + 1): fence this code")
            }
        }
    }

    @Test func `names files that are there`() throws {
        let folders = "Sources|Tests|Deploy|Configs"
        let path = try Regex<(Substring, Substring)>("[`(]((?:\(folders))/[\\w./+-]+)[`)]")
        for document in documents {
            for match in document.lines.joined(separator: "\n").matches(of: path) {
                let name = match.output.1
                let isThere = FileManager.default
                    .fileExists(atPath: Document.root.appending(path: String(name)).path)
                #expect(isThere, "\(document.path): \(name)")
            }
        }
    }

    @Test func `shows lines of the programs outside, which are short`() throws {
        let outside = Document.root.appending(path: "Tests/Outside")
        let sources = try FileManager.default.subpathsOfDirectory(atPath: outside.path)
            .filter { $0.hasSuffix(".swift") }
            .map { try SourceTree.file("Tests/Outside/\($0)") }
        #expect(sources.count >= 7)
        for source in sources { #expect(source.lines.count <= 61, "\(source.path)") }
        let texts = sources.map { $0.lines.joined(separator: "\n") + "\n" }
        let shown = try article("Libraries").blocks
        #expect(shown.count >= 4)
        for block in shown {
            let text = block.lines.joined(separator: "\n") + "\n"
            #expect(texts.contains { $0.contains(text) }, "Libraries.md:\(block.line)")
        }
    }

    @Test func `computes the times of relays by its formulas`() throws {
        let rows = try article("Relays").section("## Predicted times").compactMap { line in
            let cells = line.split(separator: "|").map {
                Double($0.filter { $0 != " " && $0 != "," })
            }
            return cells.contains(nil) || cells.isEmpty ? nil : cells.compactMap { $0 }
        }
        #expect(rows.count == 4)
        for row in rows {
            let (workers, relays) = (row[0], row[1])
            for (index, rate) in [1.0, 10, 25].enumerated() {
                let transfer = 246_824 * 8 / (rate * 1_000)
                let slower = max(transfer, 84)
                let star = 10_000 + 731 + transfer + workers * slower
                let tree =
                    10_000 + 2 * (731 + transfer)
                    + ((workers / relays).rounded(.up) + relays) * slower
                #expect(abs(row[2 + 2 * index] - star / 1_000) <= 0.051)
                #expect(abs(row[3 + 2 * index] - tree / 1_000) <= 0.051)
            }
        }
    }

    @Test func `reads marks`() {
        let text = """
            <!-- run, exit 2 -->
            ```sh
            false
            ```

            ```sh
            one
            ```

            *Not run by a test: it
            is one.*

            <!-- file a.yaml -->
            ```yaml
            a: 1
            ```
            ```text
            ```
            """
        let blocks = Document(path: "", text: text).blocks
        #expect(
            blocks.map(\.mark) == [
                .run(exitCode: 2), .notRun(reason: "it is one."), .file("a.yaml"), nil,
            ]
        )
        #expect(blocks.map(\.line) == [3, 7, 15, 18])
    }
}

extension Document.Block {
    /// Whether the page's line of that number is one of its own.
    fileprivate func has(_ number: Int) -> Bool { (line..<line + lines.count).contains(number) }
}
