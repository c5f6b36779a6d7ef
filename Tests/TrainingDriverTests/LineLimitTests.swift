import Testing

@testable import TrainingDriver

/// How often the log tells of what happens again and again.
struct LineLimitTests {
    @Test func `tells of each kind once in ten seconds, with how often it has happened`() {
        var limit = LineLimit()
        let lines = (0..<250).compactMap {
            limit.note("no room", ofKind: "disk", at: .milliseconds(100 * $0))
        }
        #expect(
            lines == ["no room", "no room (101 times so far)", "no room (201 times so far)"]
        )
        let other = limit.note("no answer", ofKind: "network", at: .seconds(25))
        #expect(other == "no answer")
        #expect(limit.countUntold(ofKind: "disk") == 250)
        #expect(limit.countUntold(ofKind: "network") == nil)
    }
}
