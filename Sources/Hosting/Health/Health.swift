import Synchronization

/// How a process does, for those who ask it over HTTP.
///
/// It is the loop itself that shows that it turns: a process whose loop is stuck still answers, and
/// says so.
package final class Health: Sendable {
    /// What is known.
    private struct State {
        var isAskedFor = false
        var lastBeat: ContinuousClock.Instant?
        var isReady = false
        var status = "starting"
    }

    /// How often the loop gives a sign of life.
    private static let period = Duration.seconds(5)

    /// A loop that has given none for so long is stuck. Longer than the longest piece of work takes
    /// on a CPU that others use too.
    private static let silenceMax = Duration.seconds(30)

    private let state = Mutex(State())

    /// Knows of nothing that has begun.
    package init() {}

    /// Says whether the process does now what it was started for, and in a few words what it does.
    package func isNow(ready: Bool, _ status: String) {
        state.withLock {
            $0.isReady = ready
            $0.status = status
        }
    }

    /// From now on somebody may ask.
    package func willBeAskedFor() { state.withLock { $0.isAskedFor = true } }

    /// How often a sign of life is due; nil where nobody asks.
    var signOfLifePeriod: Duration? { state.withLock { $0.isAskedFor ? Self.period : nil } }

    /// Notes a sign of life of the loop.
    package func beat(at now: ContinuousClock.Instant = .now) {
        state.withLock { $0.lastBeat = now }
    }

    /// Answers whether the process is alive; a loop that has not begun is.
    package func liveness(at now: ContinuousClock.Instant = .now) -> (isGood: Bool, text: String) {
        state.withLock { state in
            guard let lastBeat = state.lastBeat, now - lastBeat > Self.silenceMax else {
                return (true, "alive")
            }
            return (false, "stuck for \((now - lastBeat).components.seconds) s")
        }
    }

    /// Answers whether the process does what it was started for.
    package func readiness() -> (isGood: Bool, text: String) {
        state.withLock { ($0.isReady, $0.status) }
    }
}
