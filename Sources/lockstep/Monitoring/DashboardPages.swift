import HTMLReport
import WebServer

/// The live page, what it needs, and the events that it follows.
struct DashboardPages: HTTPResponder {
    private let board: RunBoard
    private let feed: LiveFeed

    init(_ board: RunBoard) {
        self.board = board
        feed = LiveFeed(board)
    }

    func answer(to request: HTTPRequest) -> HTTPAnswer? {
        var answer: HTTPAnswer
        switch request.path {
        case "/":
            let name = board.look().plan?.name ?? "that is about to begin"
            answer = HTTPAnswer(type: "text/html; charset=utf-8", LivePage.html(title: name))
        case "/live.css": answer = HTTPAnswer(type: "text/css; charset=utf-8", LivePage.style)
        case "/live.js":
            answer = HTTPAnswer(type: "text/javascript; charset=utf-8", LivePage.script)
        case "/events": answer = HTTPAnswer(following: feed)
        default: return nil
        }
        answer.fields += Self.policy
        return answer
    }

    /// Nothing comes from elsewhere, nothing goes there, and no other page holds this one.
    private static let policy = [
        (
            name: "Content-Security-Policy",
            value:
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (name: "Referrer-Policy", value: "no-referrer"),
        (name: "Cross-Origin-Opener-Policy", value: "same-origin"),
        (name: "Cross-Origin-Resource-Policy", value: "same-origin"),
    ]
}
