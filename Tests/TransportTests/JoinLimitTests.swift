import Testing

@testable import Transport

/// How many workers may ask to join within a time.
struct JoinLimitTests {
    /// How many of a thousand requests are let through at `now`.
    private func admitted(_ limit: inout JoinLimit, at now: Duration) -> Int {
        (0..<1_000).count { _ in limit.allowsOneMore(than: 0, at: now) }
    }

    @Test func `lets as many come at once as a cluster has, then fifty a second`() {
        var limit = JoinLimit()
        #expect(admitted(&limit, at: .zero) == 256)
        #expect(admitted(&limit, at: .milliseconds(19)) == 0)
        #expect(admitted(&limit, at: .milliseconds(20)) == 1)
        #expect(admitted(&limit, at: .milliseconds(1_020)) == 50)
    }

    @Test func `takes as many at once as the run waits for, up to the most that may take part`() {
        for (expected, allowed) in [(2, 256), (600, 600), (5_000, 1_000)] {
            var limit = JoinLimit(expecting: expected)
            #expect(admitted(&limit, at: .zero) == allowed, "\(expected)")
        }
    }

    @Test func `has room for as many again after a quiet time, and for no more`() {
        var limit = JoinLimit()
        #expect(admitted(&limit, at: .zero) == 256)
        #expect(admitted(&limit, at: .seconds(3_600)) == 256)
        #expect(admitted(&limit, at: .seconds(3_600)) == 0)
    }

    @Test func `counts a single worker that comes now and then for nothing`() {
        var limit = JoinLimit()
        for second in 0..<1_000 {
            let isAllowed = limit.allowsOneMore(than: 0, at: .seconds(second))
            #expect(isAllowed)
        }
        #expect(admitted(&limit, at: .seconds(1_000)) == 256)
    }

    @Test func `lets nobody in while as many take part as may, and counts nothing for that`() {
        var limit = JoinLimit()
        for _ in 0..<1_000 {
            let isAllowed = limit.allowsOneMore(than: 1_024, at: .zero)
            #expect(!isAllowed)
        }
        let isAllowed = limit.allowsOneMore(than: 1_023, at: .zero)
        #expect(isAllowed)
        #expect(admitted(&limit, at: .zero) == 255)
    }
}
