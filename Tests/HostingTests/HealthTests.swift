import TestTools
import Testing

@testable import Hosting

/// What is known of how a process does.
struct HealthTests {
    private let health = Health()

    @Test func `tells ready from not ready, with what it does`() {
        #expect(health.readiness() == (false, "starting"))
        health.isNow(ready: true, "listening")
        #expect(health.readiness() == (true, "listening"))
        health.isNow(ready: false, "looking")
        #expect(health.readiness() == (false, "looking"))
    }

    @Test func `is alive before the loop begins and while it turns, and not when it is stuck`() {
        #expect(health.liveness() == (true, "alive"))
        let now = ContinuousClock.now
        health.beat(at: now)
        #expect(health.liveness(at: now + .seconds(30)).isGood)
        let later = health.liveness(at: now + .seconds(31))
        #expect(later == (false, "stuck for 31 s"))
        health.beat(at: now - .seconds(60))
        #expect(!health.liveness().isGood)
    }

    @Test func `the loop beats for those who ask, and for nobody else`() {
        let supervision = Supervision()
        let health = supervision.health
        #expect(Watchdog(supervision).timeout(until: nil, at: .zero) == nil)
        health.willBeAskedFor()
        var watchdog = Watchdog(supervision)
        watchdog.beat(at: .zero)
        #expect(watchdog.timeout(until: nil, at: .seconds(1)) == .seconds(4))
        // It has begun, so that it can be stuck.
        #expect(!health.liveness(at: .now + .seconds(40)).isGood)
    }

    @Test func `tells what the process has used`() throws {
        let first = try #require(ProcessUsage())
        #expect(first.residentSize > 1 << 20 && first.virtualSize > first.residentSize)
        #expect(first.openFileCount >= 3 && first.openFileCountMax >= first.openFileCount)
        #expect(first.startTime > 1.6e9)
        // Work shows.
        var sum = 0.0
        while try #require(ProcessUsage()).processorSeconds < first.processorSeconds + 0.02 {
            for index in 0..<10_000 { sum += Double(index).squareRoot() }
        }
        withExtendedLifetime(sum) {}
    }
}
