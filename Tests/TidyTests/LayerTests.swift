import Testing

/// The layers that the documentation draws, and the imports that keep to them.
struct LayerTests {
    /// Rows of modules, the topmost first.
    private let layers: [[String]]
    private let sources: SourceTree

    init() throws {
        sources = try SourceTree(["Sources"])
        let article = "Sources/lockstep/Documentation.docc/Architecture.md"
        layers = Self.layers(drawnIn: try SourceTree.file(article).lines)
    }

    @Test func `draws every module once`() {
        let drawn = layers.flatMap { $0 }
        // One source is compiled as several modules.
        let modules = Set(sources.files.map(\.module)).subtracting(["KernelSource"])
            .union(["KernelsAVX2", "KernelsAVX512", "KernelsNEON"])
        #expect(drawn.sorted() == modules.sorted())
    }

    @Test func `lets imports point down only`() {
        for file in sources.files {
            for (line, module) in file.imports {
                guard let above = row(of: file.module), let below = row(of: module) else {
                    continue
                }
                if above >= below {
                    Issue.record(
                        "\(file.path):\(line): \(file.module) imports \(module), which Architecture.md does not draw below it; move the code to where both are known"
                    )
                }
            }
        }
    }

    @Test func `reads a drawing`() {
        let drawing = [
            "```text", "top   One", "       ▼", "more  Two · Three ·", "      Four", "```",
        ]
        #expect(
            Self.layers(drawnIn: ["```", "x ▼", "```", Self.heading] + drawing)
                == [["One"], ["Two", "Three", "Four"]]
        )
    }

    private func row(of module: String) -> Int? { layers.firstIndex { $0.contains(module) } }

    private static let heading = "## How it is built"

    /// The first drawing below the heading: rows with an arrow between each two, whose modules
    /// stand behind a wide gap.
    private static func layers(drawnIn lines: [String]) -> [[String]] {
        let drawing = lines.drop { $0 != heading }.drop { $0 != "```text" }.dropFirst()
            .prefix { $0 != "```" }
        return drawing.split { $0.contains("▼") }.map { row in
            row.flatMap { $0.split(separator: "  ").last?.matches(of: /\w+/) ?? [] }
                .map { String($0.output) }
        }
    }
}
