import Configuration
import Foundation
import TestTools
import Testing

/// The documentation's table of settings, which is written from the program's.
struct SettingsArticleTests {
    private static let path = "\(Document.catalogue)/Settings.md"
    private static let begin = "<!-- written by SettingsArticleTests: begin -->"
    private static let end = "<!-- written by SettingsArticleTests: end -->"

    /// A row a setting, in the order of the table.
    private static var table: [String] {
        let head = ["", "| key | default | accepted | effect |", "|---|---|---|---|"]
        let rows = Setting.all.map { setting in
            let unit = setting.unit.isEmpty ? "" : " \(setting.unit)"
            let isNumber = setting.defaultText.first?.isNumber == true
            let value = "`\(setting.defaultText)`" + (isNumber ? unit : "")
            let mark = setting.decidesResult ? "; *result*" : ""
            return
                "| `\(setting.key)` | \(value) | \(setting.expected) | \(setting.effect)\(mark) |"
        }
        return head + rows + [""]
    }

    @Test func `has a row for each setting`() throws {
        let document = try Document(path: Self.path)
        let begin = try #require(document.lines.firstIndex(of: Self.begin))
        let end = try #require(document.lines.firstIndex(of: Self.end))
        if ProcessInfo.processInfo.environment["LOCKSTEP_WRITE_DOCUMENTATION"] == "1" {
            let lines = document.lines[...begin] + Self.table + document.lines[end...]
            try Data(lines.joined(separator: "\n").utf8)
                .write(to: Document.root.appending(path: Self.path))
        } else {
            #expect(
                Array(document.lines[(begin + 1)..<end]) == Self.table,
                "write it anew: LOCKSTEP_WRITE_DOCUMENTATION=1 swift test --filter SettingsArticle"
            )
        }
    }
}
