import Testing

@testable import Hosting

struct EndRuleTests {
    @Test func `takes two signals within a second for one wish, and a later one for haste`() {
        var rule = EndRule()
        #expect(rule.deadline == nil)
        #expect(rule.decision(at: .seconds(7)) == .end)
        #expect(rule.decision(at: .seconds(7)) == .pass)
        #expect(rule.decision(at: .milliseconds(7_999)) == .pass)
        #expect(rule.decision(at: .seconds(8)) == .endAtOnce)
    }

    @Test func `waits four seconds from the first signal on`() {
        var rule = EndRule()
        _ = rule.decision(at: .seconds(7))
        _ = rule.decision(at: .milliseconds(7_500))
        #expect(rule.deadline == .seconds(11))
    }
}
