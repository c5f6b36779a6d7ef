import NIOCore
import NIOHTTP1

/// A connection: one request, one answer, and the end; or events until either side ends.
///
/// Belongs to the server's thread.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let responders: [any HTTPResponder]
    private let visitors: Visitors
    private var isAnswered = false

    init(_ responders: [any HTTPResponder], visitors: Visitors) {
        self.responders = responders
        self.visitors = visitors
    }

    func channelActive(context: ChannelHandlerContext) {
        visitors.came(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        visitors.went(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data), !isAnswered else { return }
        var answer = answer(to: head)
        if let feed = answer.feed {
            guard head.method == .GET, visitors.canFollow else {
                answer = HTTPAnswer(.unavailable, "as many follow already as may; come again")
                return send(answer, withoutBody: head.method == .HEAD, context)
            }
            isAnswered = true
            context.writeAndFlush(wrapOutboundOut(.head(Self.head(of: answer))), promise: nil)
            visitors.follows(context.channel, feed)
            return
        }
        send(answer, withoutBody: head.method == .HEAD, context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Who sends nothing more may still read.
        if event as? ChannelEvent == .inputClosed, isAnswered { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is InputLimit.Exceeded, HTTPParserError.headerOverflow:
            send(HTTPAnswer(.tooLarge, "a longer request than is read"), context)
        case is HTTPParserError:
            send(HTTPAnswer(.badRequest, "no request of HTTP/1"), context)
        default:
            context.close(promise: nil)
        }
    }

    private func answer(to head: HTTPRequestHead) -> HTTPAnswer {
        guard head.method == .GET || head.method == .HEAD else {
            var answer = HTTPAnswer(.methodNotAllowed, "only GET and HEAD")
            answer.fields = [("Allow", "GET, HEAD")]
            return answer
        }
        // RFC 9112, 3.2: a request of HTTP/1.1 names one host.
        guard head.version.major == 1, head.version.minor == 0 || head.headers["host"].count == 1
        else { return HTTPAnswer(.badRequest, "no request of HTTP/1") }
        let request = HTTPRequest(
            target: head.uri,
            fields: head.headers.map { HTTPRequest.Field($0.name, $0.value) }
        )
        for responder in responders {
            if let answer = responder.answer(to: request) { return answer }
        }
        return HTTPAnswer(.notFound, "nothing is there")
    }

    private func send(
        _ answer: HTTPAnswer,
        withoutBody: Bool = false,
        _ context: ChannelHandlerContext
    ) {
        guard !isAnswered else { return }
        isAnswered = true
        var head = Self.head(of: answer)
        head.headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !withoutBody {
            let body = context.channel.allocator.buffer(string: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        // What was not read yet must not end the connection before the answer is read: the other
        // side ends it, or its time does.
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
    }

    private static func head(of answer: HTTPAnswer) -> HTTPResponseHead {
        var headers = HTTPHeaders([
            ("Content-Type", answer.type), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ])
        for (name, value) in answer.fields { headers.add(name: name, value: value) }
        return HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: answer.status.rawValue),
            headers: headers
        )
    }
}
