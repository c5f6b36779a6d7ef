import Synchronization
import TestTools
import Testing

@testable import WebServer

/// Events, and those who follow them.
struct EventFeedTests {
    /// A part that never changes, and one that always does, of a size.
    private final class Feed: EventFeed {
        private let count = Atomic(0)
        private let filling: String

        init(size: Int = 0) { filling = String(repeating: "x", count: size) }

        func parts() -> [(name: String, text: String)] {
            let number = count.wrappingAdd(1, ordering: .relaxed).newValue
            return [("still", "one\ntwo"), ("moving", "\(number)\(filling)")]
        }
    }

    /// One whose parts cannot wait.
    private final class UrgentFeed: EventFeed {
        private let count = Atomic(0)

        var isUrgent: Bool { true }

        func parts() -> [(name: String, text: String)] {
            [("moving", "\(count.wrappingAdd(1, ordering: .relaxed).newValue)")]
        }
    }

    private struct Page: HTTPResponder {
        let feed: any EventFeed

        func answer(to request: HTTPRequest) -> HTTPAnswer? { HTTPAnswer(following: feed) }
    }

    private static let request = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"

    private func serving<Value: Sendable>(
        _ limits: ServerLimits,
        _ feed: any EventFeed,
        _ body: @escaping @Sendable (UInt16) throws -> Value
    ) async throws -> Value {
        let address = try ListenAddress("127.0.0.1:0", option: "--x")
        let server = try HTTPServer(at: address, limits: limits) { _ in [Page(feed: feed)] }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: PromptExecutor.shared) { try await server.run() }
            defer { group.cancelAll() }
            return try await blocking { try body(server.port) }
        }
    }

    private var quick: ServerLimits {
        var limits = ServerLimits()
        limits.patience = .milliseconds(200)
        limits.eventInterval = .milliseconds(10)
        return limits
    }

    @Test func `sends parts as they change, for longer than an answer may take`() async throws {
        let text = try await serving(quick, Feed()) { port in
            let caller = try Caller(port: port)
            caller.send(Self.request)
            return caller.read(until: "data: 60\n")
        }
        #expect(text.contains("Content-Type: text/event-stream"), "\(text)")
        #expect(text.ranges(of: "event: still\ndata: one\ndata: two\n\n").count == 1)
        #expect(text.contains("event: moving\ndata: 2\n\n"))
    }

    @Test func `sends before its time what is urgent`() async throws {
        var limits = quick
        limits.eventInterval = .seconds(600)
        limits.urgencyInterval = .milliseconds(10)
        let text = try await serving(limits, UrgentFeed()) { port in
            let caller = try Caller(port: port)
            caller.send(Self.request)
            return caller.read(until: "data: 5\n")
        }
        #expect(text.contains("data: 5\n"))
    }

    @Test func `drops one who does not read, and lets no other wait for it`() async throws {
        var limits = quick
        limits.unreadSizeMax = 64 << 10
        limits.unreadMax = .milliseconds(200)
        let isEnded = try await serving(limits, Feed(size: 50_000)) { port in
            let slow = try Caller(port: port, bufferSize: 4_096)
            slow.send(Self.request)
            let other = try Caller(port: port)
            other.send(Self.request)
            _ = other.read(until: "data: 200x")
            // What the system holds is a few megabytes; without an end there would be more and
            // more.
            let sizeMax = 40 << 20
            return slow.readToEnd(sizeMax: sizeMax).utf8.count <= sizeMax
        }
        #expect(isEnded)
    }

    @Test func `lets only so many follow`() async throws {
        var limits = quick
        limits.followerCountMax = 1
        let texts = try await serving(limits, Feed()) { port in
            let first = try Caller(port: port)
            first.send(Self.request)
            let begun = first.read(until: "event: moving")
            let second = try Caller(port: port)
            second.send(Self.request)
            return [begun, second.readToEnd()]
        }
        #expect(texts[0].hasPrefix("HTTP/1.1 200 OK"))
        #expect(texts[1].hasPrefix("HTTP/1.1 503 "), "\(texts[1])")
    }

    @Test func `says that it is the end`() async throws {
        let address = try ListenAddress("127.0.0.1:0", option: "--x")
        let server = try HTTPServer(at: address) { _ in [Page(feed: Feed())] }
        let serving = Task(executorPreference: PromptExecutor.shared) { try await server.run() }
        let caller = Task(executorPreference: PromptExecutor.shared) {
            let caller = try Caller(port: server.port)
            caller.send(Self.request)
            let begun = caller.read(until: "event: moving")
            serving.cancel()
            return begun + caller.readToEnd()
        }
        let text = try await caller.value
        #expect(text.contains("event: end\ndata: \n\n"), "\(text)")
    }
}
