import ZeroMQ

/// A question and its answer over an encrypted connection: `swift run ask`.
///
/// One thread serves both ends here. In two programs, each would have its own context and loop,
/// and the address would be that of another machine.
@main enum Ask {
    static func main() throws {
        let context = try Context()
        let (answering, asking) = (try CurveKeyPair.drawn(), try CurveKeyPair.drawn())

        // Who may connect is decided here; without it, a router lets every key in.
        let authenticator = try Authenticator(in: context)
        var options = SocketOptions()
        options.curve = .accepting(as: answering)
        options.router.isMandatory = true
        let router = try Socket(.router, in: context, options: options)
        let endpoint = try router.bind("tcp://127.0.0.1:*")

        options = SocketOptions()
        options.curve = .connecting(as: asking, to: answering.publicKey)
        let dealer = try Socket(.dealer, in: context, options: options)
        try dealer.connect(endpoint)

        var poller = Poller()
        _ = (poller.add(authenticator), poller.add(router), poller.add(dealer))
        var message = Multipart(frameCountMax: 4)
        message.append(Message(copying: "What is the product of".utf8))
        message.append(Message(copying: [6, 7]))
        guard try dealer.send(&message) == .sent else { return print("nobody takes it") }

        while try poller.poll(timeout: .seconds(20)) > 0 {
            let refused = try authenticator.answer { $0 == asking.publicKey }
            if !refused.isEmpty { return print("a key was refused") }
            if try router.receive(into: &message), message.frameCount == 3 {
                // The identity of who asks comes first, and goes back with the answer.
                let isKnown = message.senderKey(at: 1) == asking.publicKey
                let question = message.withFrame(at: 1) { String(decoding: $0, as: UTF8.self) }
                let factors = message.withFrame(at: 2) { Array($0) }
                print(question, factors, isKnown ? "asks who is listed" : "asks somebody")
                var answer = Multipart(frameCountMax: 2)
                answer.append(message.takeFrame(at: 0))
                answer.append(Message(copying: [factors.reduce(1, *)]))
                guard try router.send(&answer) == .sent else { return print("they have left") }
            }
            if try dealer.receive(into: &message) {
                print("the answer is", message.withFrame(at: 0) { $0[0] })
                dealer.close()
                return
            }
        }
        print("no answer came")
    }
}
