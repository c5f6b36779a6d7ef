/// What is said to HTTP requests: `/healthz` whether the process is alive, `/readyz` whether it
/// does what it was started for; 200 for yes and 503 for no.
package struct HealthAnswers {
    private let health: Health

    /// Answers from what `health` knows.
    package init(health: Health) { self.health = health }

    /// The largest head of a request that is read.
    package static let headSizeMax = 4_096

    /// Whether all of a request's head is there.
    package static func isComplete(_ head: [UInt8]) -> Bool {
        let end = Array("\r\n\r\n".utf8)
        return head.count >= end.count
            && (0...head.count - end.count).contains { Array(head[$0..<$0 + end.count]) == end }
    }

    /// The whole answer to a request's head (RFC 9112); the connection closes behind it.
    package func answer(to head: [UInt8]) -> [UInt8] {
        let line = head.prefix { $0 != UInt8(ascii: "\r") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), Self.isComplete(head) else {
            return response("400 Bad Request", "no request of HTTP/1")
        }
        guard ["GET", "HEAD"].contains(words[0]) else {
            return response(
                "405 Method Not Allowed",
                "only GET and HEAD",
                also: "Allow: GET, HEAD\r\n"
            )
        }
        let isHead = words[0] == "HEAD"
        let found: (isGood: Bool, text: String)
        switch words[1].prefix(while: { $0 != "?" }) {
        case "/healthz": found = health.liveness()
        case "/readyz": found = health.readiness()
        default: return response("404 Not Found", "only /healthz and /readyz", withoutBody: isHead)
        }
        let status = found.isGood ? "200 OK" : "503 Service Unavailable"
        return response(status, found.text, withoutBody: isHead)
    }

    private func response(
        _ status: String,
        _ text: String,
        also field: String = "",
        withoutBody: Bool = false
    ) -> [UInt8] {
        let body = text + "\n"
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Length: \(body.utf8.count)\r\nCache-Control: no-store\r\n\(field)Connection: close\r\n\r\n"
        return Array((head + (withoutBody ? "" : body)).utf8)
    }
}
