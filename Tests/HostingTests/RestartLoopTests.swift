import Logging
import Testing

@testable import Hosting

struct RestartLoopTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `waits twice as long before each start, and gives up`() {
        var local = Restarts.local
        let pauses = (0..<5).map { _ in local.pause(afterLiving: .zero) }
        #expect(
            pauses == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), nil,
            ]
        )
        var remote = Restarts.remote
        let all = (0..<8).map { _ in remote.pause(afterLiving: .zero) }
        #expect(all.compactMap { $0 }.reduce(.zero, +) == .seconds(127))
        #expect(all.last == .some(nil))
    }

    @Test func `begins anew after a process that lived long`() {
        var restarts = Restarts.local
        for _ in 0..<4 { _ = restarts.pause(afterLiving: .zero) }
        #expect(restarts.pause(afterLiving: .seconds(5)) == .milliseconds(100))
    }

    @Test func `starts a process again until it ends as it should`() async throws {
        var ends: [RestartLoop.End] = [.tooSoon("a"), .tooSoon("b"), .finished]
        let loop = RestartLoop("it", restarts: .local, logger: logger)
        #expect(try await loop.run { ends.removeFirst() } == nil)
        #expect(ends.isEmpty)
    }

    @Test func `gives up at once what no start mends`() async throws {
        var count = 0
        let loop = RestartLoop("it", restarts: .local, logger: logger)
        let end = try await loop.run {
            count += 1
            return .forGood("for good")
        }
        #expect(end == "for good")
        #expect(count == 1)
    }

    @Test func `starts nothing once all are to end`() async throws {
        let loop = RestartLoop("it", restarts: .local, logger: logger)
        let late = Task {
            // The task goes on only once it is cancelled.
            try? await Task.sleep(for: .seconds(3_600))
            var count = 0
            _ = try await loop.run {
                count += 1
                return .finished
            }
            return count
        }
        late.cancel()
        #expect(try await late.value == 0)
    }

    @Test func `tells of all that were given up, unless one ended well`() async throws {
        let all = try await RestartLoop.all([1, 2]) { "\($0)" }
        #expect(all?.sorted() == ["1", "2"])
        let some = try await RestartLoop.all([1, 2]) { $0 == 1 ? "\($0)" : nil }
        #expect(some == nil)
    }
}
