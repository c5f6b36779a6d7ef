import Foundation
import ServiceLifecycle
import TestTools
import Testing

@testable import Hosting

/// What is answered to those who ask how a process does.
struct HealthTests {
    private let health = Health()

    private func answer(_ request: String) -> (status: String, body: String) {
        let text = String(
            decoding: HealthAnswers(health: health).answer(to: Array(request.utf8)),
            as: UTF8.self
        )
        let parts = text.components(separatedBy: "\r\n\r\n")
        let size = parts[0].firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) }
        if parts[1] != "" { #expect(size == parts[1].utf8.count) }
        return (parts[0].components(separatedBy: "\r\n")[0], parts[1])
    }

    private func get(_ path: String) -> (status: String, body: String) {
        answer("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
    }

    @Test func `tells ready from not ready, with what it does`() {
        #expect(get("/readyz") == ("HTTP/1.1 503 Service Unavailable", "starting\n"))
        health.isNow(ready: true, "listening")
        #expect(get("/readyz?x=1") == ("HTTP/1.1 200 OK", "listening\n"))
        health.isNow(ready: false, "looking")
        #expect(get("/readyz") == ("HTTP/1.1 503 Service Unavailable", "looking\n"))
    }

    @Test func `is alive before the loop begins and while it turns, and not when it is stuck`() {
        #expect(get("/healthz") == ("HTTP/1.1 200 OK", "alive\n"))
        let now = ContinuousClock.now
        health.beat(at: now)
        #expect(health.liveness(at: now + .seconds(30)).isGood)
        let later = health.liveness(at: now + .seconds(31))
        #expect(later == (false, "stuck for 31 s"))
        health.beat(at: now - .seconds(60))
        #expect(get("/healthz").status == "HTTP/1.1 503 Service Unavailable")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", "404"), ("POST /healthz HTTP/1.1\r\n\r\n", "405"),
        ("GET /healthz\r\n\r\n", "400"), ("\r\n\r\n", "400"),
        ("GET  /healthz HTTP/1.1\r\n\r\n", "400"),
        ("GET /healthz HTTP/1.1", "400"), ("\u{16}\u{3}\u{1}\r\n\r\n", "400"), ("", "400"),
        ("GET /healthz HTTP/2.0\r\n\r\n", "400"), ("HEAD /healthz HTTP/1.0\r\n\r\n", "200"),
    ])
    func `answers whatever comes`(request: String, status: String) {
        let (line, body) = answer(request)
        #expect(line.hasPrefix("HTTP/1.1 \(status) "), "\(request)")
        if request.hasPrefix("HEAD") { #expect(body.isEmpty) }
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

    @Test(arguments: [
        "", "8080", "localhost", ":8080", "h:port", "h:-1", "h:99999", "::1:80", "[::1]",
    ])
    func `refuses what is no address`(text: String) {
        #expect(throws: HealthError.malformed(text)) { try HealthAddress(text) }
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0", "*:0", "localhost:0"])
    func `answers over a socket, slow and silent callers beside it`(address: String) async throws {
        let listener = try HealthListener(
            at: HealthAddress(address),
            health: health,
            patience: .milliseconds(500)
        )
        let taken = "127.0.0.1:\(listener.port)"
        if address == "127.0.0.1:0" {
            #expect(throws: HealthError.self) {
                try HealthListener(at: HealthAddress(taken), health: health)
            }
        }
        health.isNow(ready: true, "listening")
        let isIPv6 = address.hasPrefix("[")
        let text = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            defer { group.cancelAll() }
            // What blocks must not take a thread of the pool that the listener starts on.
            return try await onOwnThread(named: "caller") {
                try Self.exchange(port: listener.port, isIPv6: isIPv6)
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
        #expect(text.hasSuffix("\r\n\r\nlistening\n"), "\(text)")
    }

    /// Asks in two pieces while a silent caller waits, and reads to the end.
    private static func exchange(port: UInt16, isIPv6: Bool) throws -> String {
        let silent = try connection(to: port, isIPv6)
        defer { close(silent) }
        let descriptor = try connection(to: port, isIPv6)
        defer { close(descriptor) }
        for piece in ["GET /readyz HT", "TP/1.1\r\nHost: x\r\n\r\n"] {
            let bytes = Array(piece.utf8)
            try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 512)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            answer += buffer[..<count]
        }
        // Its connection ends, or this waits for ever.
        #expect(read(silent, &buffer, buffer.count) == 0)
        return String(decoding: answer, as: UTF8.self)
    }

    private static func connection(to port: UInt16, _ isIPv6: Bool) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        try #require(
            getaddrinfo(isIPv6 ? "::1" : "127.0.0.1", String(port), &hints, &found) == 0
        )
        defer { freeaddrinfo(found) }
        let address = try #require(found?.pointee)
        let descriptor = socket(address.ai_family, address.ai_socktype, 0)
        try #require(connect(descriptor, address.ai_addr, address.ai_addrlen) == 0)
        return descriptor
    }
}
