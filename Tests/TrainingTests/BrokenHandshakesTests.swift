import Keys
import TestTools
import Testing
import TrainingProtocol
import ZeroMQ

@testable import Training

/// What a worker concludes from handshakes that the other side breaks off.
struct BrokenHandshakesTests {
    private let start = ContinuousClock.now

    /// Whether handshakes that take so many seconds each show a stranger.
    private func showStranger(after seconds: [Double], success: Int? = nil) -> Bool {
        var handshakes = BrokenHandshakes()
        var now = start
        return seconds.indices.contains { index in
            let isRefused = handshakes.showStranger(.connected, at: now)
            now += .seconds(seconds[index])
            if index == success { return handshakes.showStranger(.handshakeSucceeded, at: now) }
            return handshakes.showStranger(.handshakeFailed, at: now) || isRefused
        }
    }

    @Test func `knows a stranger by three handshakes in a row that end at once`() {
        #expect(showStranger(after: [0.001, 0.1, 1]))
        #expect(!showStranger(after: [0.001, 0.001]))
        #expect(!showStranger(after: [0.001, 0.001, 0.001, 0.001], success: 2))
    }

    @Test func `takes no slow coordinator for a stranger`() {
        #expect(!showStranger(after: [5, 5, 5, 5, 5, 5]))
        #expect(!showStranger(after: [0.001, 5, 5, 5, 0.001]))
    }

    @Test func `waits for a coordinator that takes its time to let anybody in`() async throws {
        let keys = try DrawnKeys()
        let small = try SmallRun(workerCountMin: 1)
        let (result, _) = try await small.train(
            with: [small.kernels],
            SmallRun.Record(),
            admission: Admission(keys.coordinator, workers: keys.workers),
            key: keys.workerKey,
            delay: handshakeInterval * 3 + .seconds(2)
        )
        #expect(result.outcome == .completed)
    }
}
