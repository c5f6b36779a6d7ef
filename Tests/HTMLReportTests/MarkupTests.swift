import Testing

@testable import HTMLReport

struct MarkupTests {
    @Test func `lets no text be taken for markup`() {
        let text = "<b a=\"x\">&\u{1B}\n"
        #expect(Markup.escaped(text) == "&lt;b a=&quot;x&quot;&gt;&amp;  ")
    }

    @Test(arguments: [
        (0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 00 s"), (3_725, "1 h 02 min"),
        (-1, "–"), (.nan, "–"), (.infinity, "–"),
    ])
    func `tells spans in the unit that suits`(seconds: Double, text: String) {
        #expect(Markup.span(seconds) == text)
    }

    @Test func `tells what is not there by a dash`() {
        #expect(Markup.metric(nil) == "–" && Markup.metric(0.25) == "0.2500")
        #expect(Markup.count(.nan) == "–" && Markup.count(12_345.4) == "12,345")
        #expect(Markup.coordinate(.nan) == "0" && Markup.coordinate(12.04) == "12")
        #expect(Markup.moment(1_764_000_000) == "2025-11-24 16:00:00 UTC")
    }
}
