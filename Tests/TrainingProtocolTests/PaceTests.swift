import Testing

@testable import TrainingProtocol

/// How long a worker has been seen to take.
struct PaceTests {
    private func pace(_ milliseconds: Int, shardCount: Int = 1) -> Pace {
        Pace(.milliseconds(milliseconds), shardCount: shardCount, isBound: false)
    }

    @Test func `expects what it has seen, and leaves four deviations of grace`() {
        let pace = pace(100, shardCount: 2)
        #expect(pace.perShard == .milliseconds(50))
        #expect(pace.expected(shardCount: 2) == .milliseconds(100))
        #expect(pace.expected(shardCount: 4) == .milliseconds(200))
        #expect(pace.expected(shardCount: 1) == .milliseconds(100))
        #expect(pace.allowance(shardCount: 2) == .milliseconds(300))
    }

    @Test func `leaves no less grace than a scheduler may take`() {
        var pace = pace(1)
        for _ in 0..<100 { pace.note(.milliseconds(1), shardCount: 1) }
        #expect(pace.allowance(shardCount: 1) == .milliseconds(26))
    }

    @Test func `takes a single delay for four times what was expected, whatever it was`() {
        var (slow, late) = (pace(10), pace(10))
        slow.note(.milliseconds(40), shardCount: 1)
        late.note(.seconds(1_000), shardCount: 1)
        #expect(slow == late)
    }

    @Test func `follows a worker that has become slower`() {
        var pace = pace(10)
        for _ in 0..<200 { pace.note(.milliseconds(30), shardCount: 1) }
        #expect(pace.expected(shardCount: 1) > .milliseconds(29))
        #expect(pace.expected(shardCount: 1) <= .milliseconds(30))
    }

    @Test func `forgives with time`() {
        var pace = pace(40)
        for _ in 0..<75 { pace.fade() }
        #expect(pace.perShard < .milliseconds(31))
        #expect(pace.perShard > .milliseconds(29))
    }

    @Test func `takes the time of small leases, of which messages are a part, for less`() {
        var pace = pace(32, shardCount: 32)
        for _ in 0..<200 {
            pace.note(.milliseconds(4), shardCount: 2)
            pace.note(.milliseconds(32), shardCount: 32)
        }
        // 36 ms for 34 shards, where the mean of both leases' paces is 1.5 ms.
        #expect(pace.perShard > .milliseconds(1))
        #expect(pace.perShard < .microseconds(1_120))
    }
}
