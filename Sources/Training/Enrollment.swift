import Hosting
package import Keys
package import Logging
import NetworkTransport
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
        /// Nobody answered in time, for this reason at last.
        case noAnswer(address: String, seconds: Int, reason: String)

        package var description: String {
            switch self {
            case .refused(let address):
                "joining \(address): the token was refused where an unused one of this coordinator was expected; "
                    + "it is good once and for 15 minutes: have `lockstep coordinator --invite` print another"
            case .notKept(let address):
                "joining \(address): the coordinator could not list this worker's key where that was expected; "
                    + "see its log, and have it print another token"
            case .noAnswer(let address, let seconds, let reason):
                "joining \(address): no coordinator answered for \(seconds) s where one was expected "
                    + "(\(reason)); check the address, and that it runs"
            }
        }
    }

    /// Has the coordinator list a key.
    ///
    /// - Parameters:
    ///   - key: the worker's public key.
    ///   - invitation: what lets the worker in for that.
    ///   - address: the coordinator's.
    ///   - patience: how long to wait for an answer, in seconds.
    ///   - logger: where a search that goes on is told of.
    /// - Throws: ``Failure``; `ZeroMQError` when the address is malformed.
    package static func list(
        _ key: CurveKey,
        _ invitation: Invitation,
        at address: String,
        patience: Int,
        logger: Logger
    ) async throws {
        try await onOwnThread(named: "join") {
            try ask(key, invitation, at: address, patience: patience, logger)
        }
    }

    /// Asks for that, and waits for the answer, on this thread.
    static func ask(
        _ key: CurveKey,
        _ invitation: Invitation,
        at address: String,
        patience: Int,
        _ logger: Logger
    ) throws {
        var options = SocketOptions()
        options.curve = .connecting(as: invitation.pair, to: invitation.coordinator)
        options.isIPv6Allowed = !namesIPv4(address)
        options.connecting.interval = .milliseconds(100)
        options.connecting.intervalMax = .seconds(2)
        options.connecting.timeout = .seconds(5)
        options.connecting.handshakeInterval = handshakeInterval * 2
        options.capacity.messageSizeMax = messageSizeMax
        options.isImmediate = true
        let socket = try Socket(.dealer, in: Context(), options: options)
        var monitor = try Monitor(of: socket)
        try socket.connect(address)
        var message = Multipart(frameCountMax: 2)
        var poller = Poller()
        _ = poller.add(socket)
        _ = poller.add(monitor)
        let start = ContinuousClock.now
        var now: Duration { ContinuousClock.now - start }
        var search = CoordinatorSearch(for: address, isEncrypted: true, at: .zero)
        var refusal = RefusalWitness()
        while now < .seconds(patience) {
            let next = search.nextAttempt.map { max($0 - now, .zero) } ?? .seconds(1)
            _ = try poller.poll(timeout: min(next, .seconds(1)))
            if try socket.receive(into: &message) {
                let isAccepted = message.withFrame(at: 0) {
                    $0.elementsEqual(EnrollmentMessage.accepted)
                }
                if isAccepted { return }
                throw Failure.notKept(address: address)
            }
            while let event = try monitor.next() {
                if refusal.isRefusal(event) { throw Failure.refused(address: address) }
                if search.note(event, at: now) { try? socket.disconnect(address) }
                switch event.kind {
                case .handshakeSucceeded:
                    message.removeAll()
                    message.append(Message(copying: EnrollmentMessage.request(key)))
                    _ = try socket.send(&message)
                default: continue
                }
            }
            try search.connectAnew(socket, at: now)
            if let line = search.line(at: now) { logger.notice("\(line)") }
        }
        throw Failure.noAnswer(address: address, seconds: patience, reason: search.reason)
    }
}
