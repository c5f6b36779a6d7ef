/// What is said to a request.
package struct HTTPAnswer: Sendable {
    /// Whether it was well, as a number of RFC 9110.
    package enum Status: Int, Sendable {
        case ok = 200
        case seeOther = 303
        case badRequest = 400
        case unauthorized = 401
        case notFound = 404
        case methodNotAllowed = 405
        case misdirected = 421
        case tooLarge = 431
        case unavailable = 503
    }

    /// How it went.
    package var status: Status
    /// What kind of text it is.
    package var type: String
    /// The text.
    package var body: String
    /// More fields of the header.
    package var fields: [(name: String, value: String)] = []
    /// What follows as it happens, instead of the text; nil for nothing.
    package var feed: (any EventFeed)?

    /// A text for people.
    package init(_ status: Status, _ text: String) {
        self.init(status, type: "text/plain; charset=utf-8", text + "\n")
    }

    /// A document.
    package init(_ status: Status = .ok, type: String, _ body: String) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// Events as they happen (HTML Living Standard, 9.2).
    package init(following feed: any EventFeed) {
        self.init(.ok, type: "text/event-stream; charset=utf-8", "")
        self.feed = feed
    }
}

/// What answers requests; called on the server's thread, so it returns soon.
package protocol HTTPResponder: Sendable {
    /// The answer to a request, or nil where this is none of its own.
    func answer(to request: HTTPRequest) -> HTTPAnswer?
}

/// What a page follows: parts by name, each sent whenever its text has changed.
///
/// It is asked only while somebody follows, now and then, on the server's thread.
package protocol EventFeed: AnyObject, Sendable {
    /// The parts as they are now.
    func parts() -> [(name: String, text: String)]

    /// Whether something has happened since ``parts()`` that should be shown before its time.
    var isUrgent: Bool { get }
}

extension EventFeed {
    /// All can wait.
    package var isUrgent: Bool { false }
}
