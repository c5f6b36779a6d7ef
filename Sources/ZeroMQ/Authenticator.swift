/// Decides which keys may connect to the sockets of its context: the handler of ZeroMQ's
/// authentication protocol (RFC 27).
///
/// Make it before binding: libzmq lets every key in where no handler is. Poll it in the loop that
/// serves the sockets; a handshake waits until it is answered. What comes from a connection it
/// let in carries the key (`Multipart.senderKey`). Belongs to one thread.
public final class Authenticator {
    /// Where the requests arrive.
    let socket: Socket

    private var frames = Multipart(frameCountMax: 10)

    /// Starts to answer for the context's sockets.
    ///
    /// - Throws: when the context has an authenticator already.
    public init(in context: Context) throws(ZeroMQError) {
        let socket = try Socket(.router, in: context)
        try socket.bind("inproc://zeromq.zap.01")
        self.socket = socket
    }

    /// Answers the requests that wait, and returns the keys that were refused.
    ///
    /// - Throws: when libzmq fails, such as with a closing context.
    public func answer(
        _ isAdmitted: (CurveKey) -> Bool
    ) throws(ZeroMQError) -> [CurveKey] {
        var refused: [CurveKey] = []
        while try socket.receive(into: &frames) {
            // Identity, empty, version, request, domain, address, routing id, mechanism, key.
            guard frames.frameCount >= 4 else { continue }
            let key = requestedKey()
            let isAdmitted = key.map(isAdmitted) ?? false
            if let key, !isAdmitted { refused.append(key) }
            let userID = isAdmitted ? key.map { Array($0.text.utf8) } ?? [] : []
            var reply = Multipart(frameCountMax: 8)
            reply.append(frames.takeFrame(at: 0))
            reply.append(Message())
            reply.append(Message(copying: Array("1.0".utf8)))
            reply.append(frames.takeFrame(at: 3))
            reply.append(Message(copying: Array((isAdmitted ? "200" : "400").utf8)))
            reply.append(Message(copying: Array((isAdmitted ? "OK" : "key not listed").utf8)))
            reply.append(Message(copying: userID))
            reply.append(Message())
            _ = try socket.send(&reply)
        }
        return refused
    }

    /// The key of a CURVE request; nil for any other request.
    private func requestedKey() -> CurveKey? {
        guard frames.frameCount == 9, frames.droppedFrameCount == 0,
            frames.withFrame(at: 2, { $0.elementsEqual("1.0".utf8) }),
            frames.withFrame(at: 7, { $0.elementsEqual("CURVE".utf8) })
        else { return nil }
        return frames.withFrame(at: 8) { CurveKey(bytes: $0) }
    }
}
