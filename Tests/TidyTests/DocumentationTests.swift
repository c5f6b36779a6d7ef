import Foundation
import Testing

/// What the documentation says of the sources.
struct DocumentationTests {
    @Test func `follows a gradient through files that are there, and through few of them`() throws {
        let lines = try SourceTree.file("Sources/lockstep/Documentation.docc/Architecture.md").lines
        let named = lines.compactMap { $0.firstMatch(of: /^\d+\. `(\w[\w\/+.]+)`/) }.map {
            String($0.output.1)
        }
        #expect(named.count > 15)
        #expect(named.count <= 25)
        for path in named { #expect(throws: Never.self) { _ = try SourceTree.file(path) } }
    }
}
