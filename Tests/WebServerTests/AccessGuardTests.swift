import Testing

@testable import WebServer

/// Who may see a guarded page.
struct AccessGuardTests {
    private struct Page: HTTPResponder {
        func answer(to request: HTTPRequest) -> HTTPAnswer? {
            request.path == "/page" ? HTTPAnswer(.ok, "secret") : nil
        }
    }

    private static let secret = "0123456789abcdef-._~"

    private func guarded(token: String? = nil) throws -> AccessGuard {
        var generator = SystemRandomNumberGenerator()
        return AccessGuard(
            [Page()],
            token: try token.map { try #require(AccessToken($0)) },
            port: 8080,
            generator: &generator
        )
    }

    private func request(_ target: String, _ fields: (String, String)...) -> HTTPRequest {
        HTTPRequest(target: target, fields: fields.map { HTTPRequest.Field($0.0, $0.1) })
    }

    @Test(arguments: [
        ("127.0.0.1:8080", true), ("localhost:8080", true), ("LOCALHOST", true), ("[::1]:80", true),
        ("127.8.9.10", true), ("evil.example:8080", false), ("127.0.0.1.evil.example", false),
        ("localhost.evil.example", false), ("[::2]", false), ("10.0.0.1:8080", false), ("", false),
        ("127.0.0.1:8080@evil", false), ("[::1", false), ("localhost:x", false),
    ])
    func `without a token, answers only those who name this machine`(
        host: String,
        isAnswered: Bool
    ) throws {
        let answer = try guarded().answer(to: request("/page", ("Host", host)))
        #expect(answer?.status == (isAnswered ? .ok : .misdirected))
    }

    @Test func `takes a request without a host for none that was misled, and one of two for one`()
        throws
    {
        #expect(try guarded().answer(to: request("/page"))?.status == .ok)
        let two = request("/page", ("Host", "localhost"), ("host", "localhost"))
        #expect(try guarded().answer(to: two)?.status == .misdirected)
        #expect(try guarded().answer(to: request("/gone", ("Host", "localhost"))) == nil)
    }

    @Test func `asks for the token, takes it once in the address, and a cookie from then on`()
        throws
    {
        let page = try guarded(token: Self.secret)
        #expect(page.answer(to: request("/page"))?.status == .unauthorized)
        #expect(page.answer(to: request("/gone"))?.status == .unauthorized)
        let wrong = request("/page?token=\(Self.secret)0")
        #expect(page.answer(to: wrong)?.status == .unauthorized)
        let first = try #require(page.answer(to: request("/page?a=b&token=\(Self.secret)")))
        #expect(first.status == .seeOther)
        let fields = Dictionary(uniqueKeysWithValues: first.fields.map { ($0.name, $0.value) })
        #expect(fields["Location"] == "/page")
        let cookie = try #require(fields["Set-Cookie"])
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        #expect(!cookie.contains(Self.secret))
        let pair = String(cookie.prefix { $0 != ";" })
        let next = request("/page", ("Cookie", "other=1; \(pair)"))
        #expect(page.answer(to: next)?.status == .ok)
        let bad = request("/page", ("Cookie", "\(pair)x"))
        #expect(page.answer(to: bad)?.status == .unauthorized)
        // Of another start.
        let later = try guarded(token: Self.secret).answer(to: next)
        #expect(later?.status == .unauthorized)
    }

    @Test func `takes the token as a bearer's`() throws {
        let page = try guarded(token: Self.secret)
        for (field, status) in [
            ("Bearer \(Self.secret)", HTTPAnswer.Status.ok), ("bearer \(Self.secret)", .ok),
            ("Basic \(Self.secret)", .unauthorized), ("Bearer ", .unauthorized),
            (Self.secret, .unauthorized),
        ] {
            let answer = page.answer(to: request("/page", ("Authorization", field)))
            #expect(answer?.status == status, "\(field)")
        }
    }

    @Test(arguments: ["//evil.example/x", "/\\evil.example", "evil", "*"])
    func `sends nobody elsewhere`(path: String) throws {
        let answer = try guarded(token: Self.secret)
            .answer(to: request("\(path)?token=\(Self.secret)"))
        #expect(answer?.fields.first { $0.name == "Location" }?.value == "/")
    }

    @Test func `takes only texts as tokens that cannot be guessed and need no quoting`() {
        for text in ["", "short", "0123456789abcde", "0123456789abcdef g", "0123456789abcdef&"] {
            #expect(AccessToken(text) == nil, "\(text)")
        }
        #expect(AccessToken(String(repeating: "a", count: 257)) == nil)
        let token = AccessToken(String(repeating: "a", count: 256))
        #expect(token?.matches(String(repeating: "a", count: 256)) == true)
        #expect(token?.matches(String(repeating: "a", count: 257)) == false)
        #expect(token.map { "\($0)" } == "a token")
    }

    @Test func `reads a target's parameters and cookies`() {
        let request = request("/a?token=x=y&&b&c=", ("Cookie", "a=1;b=2"), ("COOKIE", " c=3"))
        #expect(request.path == "/a")
        #expect(request.parameter("token") == "x=y")
        #expect(request.parameter("b") == nil && request.parameter("c") == "")
        #expect(["a", "b", "c", "d"].map(request.cookie) == ["1", "2", "3", nil])
    }
}
