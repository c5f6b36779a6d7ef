import Synchronization
import TestTools
import Testing

@testable import WebServer

/// What a server says, and what it puts up with.
struct HTTPServerTests {
    private struct Page: HTTPResponder {
        func answer(to request: HTTPRequest) -> HTTPAnswer? {
            request.path == "/page"
                ? HTTPAnswer(.ok, "here, \(request.parameter("a") ?? "nobody")") : nil
        }
    }

    /// Serves while `body` asks.
    private func serving<Value: Sendable>(
        _ limits: ServerLimits = ServerLimits(),
        at address: String = "127.0.0.1:0",
        _ responder: any HTTPResponder = Page(),
        _ body: @escaping @Sendable (UInt16) throws -> Value
    ) async throws -> Value {
        let server = try HTTPServer(
            at: ListenAddress(address, option: "--x"),
            limits: limits
        ) { _ in [responder] }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: PromptExecutor.shared) { try await server.run() }
            defer { group.cancelAll() }
            return try await blocking { try body(server.port) }
        }
    }

    /// Limits under which nothing ends for being slow.
    private var patient: ServerLimits {
        var limits = ServerLimits()
        limits.patience = .seconds(600)
        return limits
    }

    @Test(arguments: [
        ("GET /page HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", "here, nobody\n"),
        ("GET /page?a=you HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK", "here, you\n"),
        ("HEAD /page HTTP/1.0\r\n\r\n", "200 OK", ""),
        ("GET /page HTTP/1.0\r\n\r\n", "200 OK", "here, nobody\n"),
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "404 Not Found", "nothing is there\n"),
        (
            "POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
            "405 Method Not Allowed", "only GET and HEAD\n"
        ),
        ("GET /page HTTP/1.1\r\n\r\n", "400 Bad Request", "no request of HTTP/1\n"),
        (
            "GET /page HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 Bad Request",
            "no request of HTTP/1\n"
        ),
        ("GET /page HTTP/2.0\r\nHost: x\r\n\r\n", "400 Bad Request", "no request of HTTP/1\n"),
        ("\u{16}\u{3}\u{1}\r\n\r\n", "400 Bad Request", "no request of HTTP/1\n"),
        ("nothing\r\n\r\n", "400 Bad Request", "no request of HTTP/1\n"),
    ])
    func `answers whatever comes, once`(request: String, status: String, body: String) async throws
    {
        let text = try await serving(patient) { port in
            let caller = try Caller(port: port)
            caller.send(request)
            return caller.readToEnd()
        }
        #expect(text.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(text)")
        #expect(text.contains("\r\nConnection: close\r\n"), "\(text)")
        #expect(text.hasSuffix("\r\n\r\n\(body)"), "\(text)")
        #expect(text.contains("Allow: GET, HEAD") == status.hasPrefix("405"))
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0", "*:0", "localhost:0"])
    func `answers at every kind of address, in pieces and to who sends no more`(
        address: String
    ) async throws {
        let text = try await serving(patient, at: address) { port in
            let caller = try Caller(port: port, isIPv6: address.hasPrefix("["))
            for piece in ["GET /pa", "ge HTTP/1.1\r\nHo", "st: x\r\n\r\n"] { caller.send(piece) }
            caller.endSending()
            return caller.readToEnd()
        }
        #expect(text.hasSuffix("\r\n\r\nhere, nobody\n"), "\(text)")
    }

    @Test(arguments: [
        "GET /page HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "a", count: 20_000),
        "GET /" + String(repeating: "a", count: 20_000),
        "GET /page HTTP/1.1\r\n"
            + String(repeating: "A: b\r\n", count: 200) + "Host: x\r\n\r\n",
    ])
    func `reads no more than a request may have`(request: String) async throws {
        let text = try await serving(patient) { port in
            let caller = try Caller(port: port)
            caller.send(request)
            return caller.readToEnd()
        }
        #expect(text.hasPrefix("HTTP/1.1 431 "), "\(text)")
    }

    @Test func `ends connections that are silent or do not end their request`() async throws {
        var limits = ServerLimits()
        limits.patience = .milliseconds(300)
        let texts = try await serving(limits) { port in
            let silent = try Caller(port: port)
            let slow = try Caller(port: port)
            slow.send("GET /page HTTP/1.1\r\n")
            // One who does not end its side is ended too.
            let lasting = try Caller(port: port)
            lasting.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            return [silent, slow, lasting].map { $0.readToEnd() }
        }
        #expect(texts[0].isEmpty && texts[1].isEmpty, "\(texts)")
        #expect(texts[2].hasSuffix("here, nobody\n"))
    }

    @Test func `lets the oldest go where there are many`() async throws {
        var limits = patient
        limits.connectionCountMax = 3
        let texts = try await serving(limits) { port in
            let callers = try (0..<4).map { _ in try Caller(port: port) }
            let first = callers[0].readToEnd()
            callers[1].send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            callers[3].send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            return [first, callers[1].readToEnd(), callers[3].readToEnd()]
        }
        #expect(texts[0].isEmpty)
        #expect(texts[1].hasSuffix("here, nobody\n") && texts[2].hasSuffix("here, nobody\n"))
    }

    @Test(arguments: [
        "", "8080", "localhost", ":8080", "h:port", "h:-1", "h:99999", "::1:80", "[::1]",
    ])
    func `refuses what is no address`(text: String) {
        #expect(throws: ListenError.malformed(option: "--x", text)) {
            try ListenAddress(text, option: "--x")
        }
    }

    @Test func `refuses an address that another has, and gives its own back`() async throws {
        let taken = try await serving { port in
            let address = try ListenAddress("127.0.0.1:\(port)", option: "--x")
            #expect(throws: ListenError.self) { try HTTPServer(at: address) { _ in [] } }
            return address
        }
        for _ in 0..<2 { _ = try HTTPServer(at: taken) { _ in [] } }
    }

    @Test func `knows which addresses only this machine reaches`() throws {
        for (text, isLoopback) in [
            ("127.0.0.1:0", true), ("127.1.2.3:0", true), ("localhost:0", true), ("[::1]:0", true),
            ("0.0.0.0:0", false), ("[::]:0", false), ("*:0", false), ("10.0.0.1:0", false),
            ("no.such.host.invalid:0", false),
        ] {
            let address = try ListenAddress(text, option: "--x")
            #expect(address.isLoopback == isLoopback, "\(text)")
        }
    }
}
