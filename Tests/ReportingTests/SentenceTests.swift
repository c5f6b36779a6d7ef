import Testing

@testable import Reporting

struct SentenceTests {
    @Test func `leaves a short sentence as it is`() {
        let text = "data: no file was found where one was expected; name another"
        #expect(Sentence.bounded(text) == text)
        #expect(Sentence.bounded(String(repeating: "é", count: 300)).unicodeScalars.count == 300)
    }

    @Test func `cuts the longest words, and keeps what was expected and what to do`() {
        let path = "/" + String(repeating: "a", count: 3_000_000) + "/end"
        let rest = ": No such file where a configuration was expected; check the path"
        let bounded = Sentence.bounded(path + rest)
        #expect(bounded.unicodeScalars.count == 300)
        #expect(bounded.hasPrefix("/aaa"))
        #expect(bounded.hasSuffix("/end" + rest))
        #expect(bounded.contains("…"))
    }

    @Test(arguments: [" ", "a b ", "word\n", "\u{1B}[2J", "e\u{301}"])
    func `bounds whatever there is`(part: String) {
        let bounded = Sentence.bounded(String(repeating: part, count: 5_000))
        #expect(bounded.unicodeScalars.count <= 300)
        #expect(!bounded.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func `shows what a terminal would obey`() {
        #expect(Sentence.bounded("a\nb\u{1B}[31m") == "a\\nb\\u{1B}[31m")
        #expect(Sentence.onOneLine("a\nb") == "a\\nb")
    }
}
