import Services
import Synchronization
import TestTools
import Testing

/// What services did, in order.
private final class Diary: Sendable {
    private let entries = Mutex<[String]>([])

    var all: [String] { entries.withLock { $0 } }

    func note(_ entry: String) { entries.withLock { $0.append(entry) } }
}

/// A service that does what a test says.
private struct Doing: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}

private struct Broken: Error {}

/// Does something with tasks that wait for each other.
private func promptly<Result: Sendable>(
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withTaskExecutorPreference(PromptExecutor.shared) { try await body() }
}

struct ServiceGroupTests {
    private let diary = Diary()

    /// Runs until it is asked to end, and takes a while for that.
    private func patient(_ name: String) -> Doing {
        Doing { [diary] in
            try await gracefulShutdown()
            diary.note("\(name) is asked")
            for _ in 0..<100 { await Task.yield() }
            diary.note("\(name) has ended")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends its services from the last to the first once one is done`() async throws {
        let short = Doing { [diary] in diary.note("done") }
        let group = ServiceGroup([
            .init(patient("first"), endsGroup: false), .init(patient("second"), endsGroup: false),
            .init(short, endsGroup: true),
        ])
        try await promptly { try await group.run() }
        #expect(
            diary.all == [
                "done", "second is asked", "second has ended", "first is asked", "first has ended",
            ]
        )
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func `ends when it is asked to, before its beginning too`(isEarly: Bool) async throws {
        let group = ServiceGroup([
            .init(patient("first"), endsGroup: false), .init(patient("second"), endsGroup: true),
        ])
        if isEarly { group.triggerGracefulShutdown() }
        try await promptly {
            async let end: Void = group.run()
            group.triggerGracefulShutdown()
            group.triggerGracefulShutdown()
            try await end
        }
        #expect(diary.all.count == 4 && diary.all[0] == "second is asked")
    }

    @Test(.timeLimit(.minutes(1)))
    func `goes on without a service whose end means nothing`() async throws {
        let short = Doing { [diary] in diary.note("short is done") }
        let long = Doing { [diary] in
            while diary.all.isEmpty { await Task.yield() }
            // Long enough for the group to see the end of the other.
            for _ in 0..<1_000 { await Task.yield() }
            diary.note("asked: \(Task.isShuttingDownGracefully)")
        }
        let group = ServiceGroup([.init(short, endsGroup: false), .init(long, endsGroup: true)])
        try await promptly { try await group.run() }
        #expect(diary.all == ["short is done", "asked: false"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `cancels the others for what one throws, and throws that`() async {
        let waiting = Doing { [diary] in
            await #expect(throws: CancellationError.self) { try await gracefulShutdown() }
            diary.note("cancelled: \(Task.isCancelled)")
        }
        let group = ServiceGroup([
            .init(waiting, endsGroup: true), .init(Doing { throw Broken() }, endsGroup: false),
        ])
        await #expect(throws: Broken.self) { try await promptly { try await group.run() } }
        #expect(diary.all == ["cancelled: true"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `ends for the cancellation of the task that runs it`() async {
        let group = ServiceGroup([.init(patient("only"), endsGroup: true)])
        let task = Task(executorPreference: PromptExecutor.shared) { try await group.run() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(diary.all == [])
    }
}

struct GracefulShutdownTests {
    private let diary = Diary()

    @Test func `calls handlers in their order, once, and none that was removed`() async {
        let shutdown = GracefulShutdown()
        await GracefulShutdown.$current.withValue(shutdown) {
            await withGracefulShutdownHandler {
            } onGracefulShutdown: {
                diary.note("removed")
            }
            await withGracefulShutdownHandler {
                await withGracefulShutdownHandler {
                    shutdown.begin()
                    shutdown.begin()
                } onGracefulShutdown: {
                    diary.note("inner")
                }
            } onGracefulShutdown: {
                diary.note("outer")
            }
        }
        #expect(diary.all == ["outer", "inner"])
        #expect(shutdown.isBegun)
    }

    @Test func `calls a handler at once where the service was asked before`() async {
        let shutdown = GracefulShutdown()
        shutdown.begin()
        await GracefulShutdown.$current.withValue(shutdown) {
            await withGracefulShutdownHandler {
                diary.note("operation")
            } onGracefulShutdown: {
                diary.note("handler")
            }
        }
        #expect(diary.all == ["handler", "operation"])
    }

    @Test(.timeLimit(.minutes(1)))
    func `cancels an operation, and waits for its end`() async throws {
        let shutdown = GracefulShutdown()
        let result = try await GracefulShutdown.$current.withValue(shutdown) {
            try await promptly { [diary] in
                try await cancelWhenGracefulShutdown {
                    shutdown.begin()
                    while !Task.isCancelled { await Task.yield() }
                    diary.note("asked: \(Task.isShuttingDownGracefully)")
                    return 5
                }
            }
        }
        #expect(result == 5)
        #expect(diary.all == ["asked: true"])
    }

    @Test func `leaves alone what belongs to no service`() async throws {
        #expect(!Task.isShuttingDownGracefully)
        #expect(try await promptly { try await cancelWhenGracefulShutdown { 3 } } == 3)
    }
}
