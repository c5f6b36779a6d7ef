import Testing

@testable import TrainingProtocol

/// When those who hold a round up are to be named.
struct RoundWatchTests {
    @Test func `gives the first round fifteen seconds`() {
        var watch = RoundWatch()
        watch.begin(at: .seconds(3))
        #expect(watch.deadline == .seconds(18))
        #expect(watch.age(at: .seconds(5)) == .seconds(2))
    }

    @Test func `gives later ones ten times the usual, but two seconds at least`() {
        var watch = RoundWatch()
        watch.begin(at: .zero)
        watch.turn(at: .milliseconds(10))
        #expect(watch.deadline == .milliseconds(2_010))
        var slow = RoundWatch()
        slow.begin(at: .zero)
        slow.turn(at: .seconds(8))
        #expect(slow.deadline == .seconds(88))
        // An eighth of a change counts.
        slow.turn(at: .seconds(8))
        #expect(slow.deadline == .seconds(78))
    }

    @Test func `names once a round, and not before what it was put off to`() {
        var watch = RoundWatch()
        watch.begin(at: .zero)
        watch.postpone(until: .seconds(40))
        #expect(watch.deadline == .seconds(40))
        watch.name()
        #expect(watch.deadline == nil)
        watch.turn(at: .seconds(1))
        #expect(watch.deadline == .seconds(11))
    }
}
