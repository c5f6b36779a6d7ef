import Testing

@testable import ZeroMQ

struct AuthenticatorTests {
    private let router: CurveKeyPair
    private let dealer: CurveKeyPair

    init() throws {
        router = try .drawn()
        dealer = try .drawn()
    }

    /// Connects a dealer and serves the authenticator until the dealer is let in or not.
    private func outcome(
        admitting admitted: CurveKey,
        dealer identity: CurveIdentity?
    ) throws -> (MonitorEvent.Kind, sender: CurveKey?) {
        let context = try Context()
        let authenticator = try Authenticator(in: context)
        var options = SocketOptions()
        options.curve = .accepting(as: router)
        let socket = try Socket(.router, in: context, options: options)
        try socket.bind("tcp://127.0.0.1:*")
        var dealerOptions = SocketOptions()
        dealerOptions.curve = identity
        let dealer = try Socket(.dealer, in: try Context(), options: dealerOptions)
        var monitor = try Monitor(of: dealer)
        try dealer.connect(socket.lastEndpoint)
        try sendAll([[7]], through: dealer)
        var poller = Poller()
        let arrivals = poller.add(socket)
        _ = poller.add(authenticator)
        _ = poller.add(monitor)
        var message = Multipart()
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            _ = try poller.poll(timeout: .milliseconds(100))
            _ = try authenticator.answer { $0 == admitted }
            if poller.readiness(at: arrivals).contains(.readable),
                try socket.receive(into: &message)
            {
                return (.handshakeSucceeded, message.senderKey(at: 1))
            }
            while let event = try monitor.next() {
                let failures: [MonitorEvent.Kind] = [
                    .handshakeAuthenticationFailed, .handshakeProtocolFailed, .handshakeFailed,
                ]
                if failures.contains(event.kind) { return (event.kind, nil) }
            }
        }
        throw NothingCame()
    }

    @Test func `lets a listed key in and tells whose each message is`() throws {
        let found = try outcome(
            admitting: dealer.publicKey,
            dealer: .connecting(as: dealer, to: router.publicKey)
        )
        #expect(found.0 == .handshakeSucceeded)
        #expect(found.sender == dealer.publicKey)
    }

    @Test func `refuses a key that is not listed, and says so`() throws {
        let found = try outcome(
            admitting: router.publicKey,
            dealer: .connecting(as: dealer, to: router.publicKey)
        )
        #expect(found.0 == .handshakeAuthenticationFailed)
    }

    @Test func `lets in nobody without a key, nor who expects another coordinator`() throws {
        let plain = try outcome(admitting: dealer.publicKey, dealer: nil)
        // Which of the two depends on which end notices first.
        #expect([.handshakeProtocolFailed, .handshakeFailed].contains(plain.0))
        #expect(plain.sender == nil)
        let other = try CurveKeyPair.drawn().publicKey
        let mistaken = try outcome(
            admitting: dealer.publicKey,
            dealer: .connecting(as: dealer, to: other)
        )
        #expect(mistaken.0 == .handshakeFailed)
    }
}
