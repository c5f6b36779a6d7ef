package import Keys
package import ZeroMQ

/// How an invited worker gets a key of its own: it sends the public one under the invitation's key,
/// and the coordinator says whether it has listed it.
package enum Enrollment {
    /// Why no key was listed.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The invitation is not good, or not this coordinator's.
        case refused(address: String)
        /// The coordinator could not keep the key.
        case notKept(address: String)
        /// Nobody answered in time.
        case noAnswer(address: String, seconds: Int)

        package var description: String {
            switch self {
            case .refused(let address):
                "joining \(address): the token was refused where an unused one of this coordinator was expected; "
                    + "it is good once and for 15 minutes: have `lockstep coordinator --invite` print another"
            case .notKept(let address):
                "joining \(address): the coordinator could not list this worker's key where that was expected; "
                    + "see its log, and have it print another token"
            case .noAnswer(let address, let seconds):
                "joining \(address): no coordinator answered for \(seconds) s where one was expected; "
                    + "check the address, and that it runs"
            }
        }
    }

    /// What stands before a public key that is to be listed.
    private static let mark = Array("LKSTjoin".utf8)

    static let accepted: [UInt8] = mark + [1]
    static let refused: [UInt8] = mark + [0]

    static func request(_ key: CurveKey) -> [UInt8] { mark + key.bytes }

    /// The public key that a message wants to be listed; nil if it is no such message.
    static func key(in bytes: UnsafeRawBufferPointer) -> CurveKey? {
        guard bytes.starts(with: mark) else { return nil }
        return CurveKey(bytes: UnsafeRawBufferPointer(rebasing: bytes[mark.count...]))
    }

    /// Has the coordinator list a key.
    ///
    /// - Parameters:
    ///   - key: the worker's public key.
    ///   - invitation: what lets the worker in for that.
    ///   - address: the coordinator's.
    ///   - patience: how long to wait for an answer, in seconds.
    /// - Throws: ``Failure``; `ZeroMQError` when the address is malformed.
    package static func list(
        _ key: CurveKey,
        _ invitation: Invitation,
        at address: String,
        patience: Int
    ) async throws {
        try await onOwnThread(named: "join") {
            try ask(key, invitation, at: address, patience: patience)
        }
    }

    private static func ask(
        _ key: CurveKey,
        _ invitation: Invitation,
        at address: String,
        patience: Int
    ) throws {
        var options = SocketOptions()
        options.curve = .connecting(as: invitation.pair, to: invitation.coordinator)
        options.isIPv6Allowed = !namesIPv4(address)
        options.reconnectInterval = .milliseconds(100)
        options.messageSizeMax = messageSizeMax
        let socket = try Socket(.dealer, in: Context(), options: options)
        var monitor = try Monitor(of: socket)
        try socket.connect(address)
        var message = Multipart(frameCountMax: 2)
        message.append(Message(copying: request(key)))
        _ = try socket.send(&message)
        var poller = Poller()
        _ = poller.add(socket)
        _ = poller.add(monitor)
        let deadline = ContinuousClock.now + .seconds(patience)
        var brokenHandshakes = BrokenHandshakes()
        while ContinuousClock.now < deadline {
            _ = try poller.poll(timeout: .seconds(1))
            if try socket.receive(into: &message) {
                let isAccepted = message.withFrame(at: 0) { $0.elementsEqual(accepted) }
                if isAccepted { return }
                throw Failure.notKept(address: address)
            }
            while let event = try monitor.next() {
                let isStranger = brokenHandshakes.showStranger(event.kind, at: .now)
                guard event.kind != .handshakeAuthenticationFailed, !isStranger else {
                    throw Failure.refused(address: address)
                }
                if event.kind == .handshakeProtocolFailed { throw ZeroMQError.encryptionDiffers }
            }
        }
        throw Failure.noAnswer(address: address, seconds: patience)
    }
}
