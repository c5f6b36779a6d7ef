/// Who may see a page: everybody of this machine, or whoever brings a token.
///
/// A page of another origin, whose name was pointed at this machine meanwhile (DNS rebinding), has
/// its own name in the `Host` field, and no cookie of ours.
package struct AccessGuard: HTTPResponder {
    private let token: AccessToken?
    private let cookieName: String
    /// What a browser brings instead of the token from then on: not the token itself, for it ends
    /// with this process.
    private let session: AccessToken
    private let responders: [any HTTPResponder]

    /// Guards what others answer.
    ///
    /// - Parameters:
    ///   - token: what must be brought; nil where the address is of this machine alone.
    ///   - port: the server's, since a host's cookies are those of all its ports.
    package init(
        _ responders: [any HTTPResponder],
        token: AccessToken?,
        port: UInt16,
        generator: inout some RandomNumberGenerator
    ) {
        self.responders = responders
        self.token = token
        cookieName = "lockstep-\(port)"
        session = .random(using: &generator)
    }

    package func answer(to request: HTTPRequest) -> HTTPAnswer? {
        if let token {
            if let answer = admission(of: request, token) { return answer }
        } else if !Self.namesLoopback(request) {
            return HTTPAnswer(
                .misdirected,
                "the name of another host was found where one of this machine was expected; use 127.0.0.1 or localhost"
            )
        }
        return responders.lazy.compactMap { $0.answer(to: request) }.first
    }

    /// What is said before the page, if anything: no, or where to go without the token.
    private func admission(of request: HTTPRequest, _ token: AccessToken) -> HTTPAnswer? {
        if let cookie = request.cookie(cookieName), session.matches(cookie) {
            return request.parameter("token") == nil ? nil : Self.redirection(to: request.path)
        }
        if let field = request.field("Authorization") {
            let words = field.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0].lowercased() == "bearer",
                token.matches(String(words[1]))
            {
                return nil
            }
        }
        if let text = request.parameter("token"), token.matches(text) {
            // The token leaves the address line, and with it the history.
            var answer = Self.redirection(to: request.path)
            answer.fields.append(
                ("Set-Cookie", "\(cookieName)=\(session.text); Path=/; HttpOnly; SameSite=Strict")
            )
            return answer
        }
        var answer = HTTPAnswer(
            .unauthorized,
            "no valid token was found where one was expected; open this address with ?token= and the token"
        )
        answer.fields = [("WWW-Authenticate", "Bearer")]
        return answer
    }

    private static func redirection(to path: String) -> HTTPAnswer {
        // Of two slashes the rest would be another host.
        let isOurs = path.hasPrefix("/") && !path.hasPrefix("//") && !path.contains("\\")
        var answer = HTTPAnswer(.seeOther, "go on without the token")
        answer.fields = [
            ("Location", isOurs ? path : "/"), ("Referrer-Policy", "no-referrer"),
        ]
        return answer
    }

    /// Whether the name that a browser asked for is of this machine alone. Without a name, as in
    /// HTTP/1.0, nobody was misled by one.
    static func namesLoopback(_ request: HTTPRequest) -> Bool {
        guard request.hasField("Host") else { return true }
        guard let text = request.field("Host") else { return false }
        let host =
            text.hasPrefix("[")
            ? text.prefix { $0 != "]" } + "]" : text.prefix { $0 != ":" }
        guard text.hasPrefix(host),
            text.dropFirst(host.count).wholeMatch(of: /(:[0-9]{0,5})?/) != nil
        else {
            return false
        }
        if host.lowercased() == "localhost" || host == "[::1]" { return true }
        return host.wholeMatch(of: /127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
    }
}
