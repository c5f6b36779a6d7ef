import Model
import TrainingProtocol
import Wire
import ZeroMQ

/// What a worker's socket does with its sealed link.
extension WorkerSocket {
    /// Begins to open the link that a welcome offers; the coordinator has dropped the one before.
    mutating func openSealedLink(_ offer: SealedLinkOffer?) {
        sealedLink = nil
        guard let offer, link == nil else { return }
        do throws(ZeroMQError) {
            sealedLink = try WorkerSealedLink(
                offer,
                beside: endpoint,
                isIPv6Allowed: search.isIPv6Allowed,
                parameters: frameParameters,
                in: context
            )
        } catch {
            sealedLinkFailure = sealedLinkFailure ?? (offer.port, error.description)
        }
    }

    /// Has a poller wake for the link, where there is one: for messages at one place, for changes at
    /// the other.
    func pollSealedLink(with poller: inout Poller, at places: (Int, Int)) {
        if let sealedLink {
            sealedLink.poll(with: &poller, at: places)
        } else {
            poller.setFileDescriptor(-1, at: places.0)
            poller.setFileDescriptor(-1, at: places.1)
        }
    }

    mutating func receiveSealed() throws(ZeroMQError) -> Received? {
        guard let sealedLink, let received = try sealedLink.receive() else { return nil }
        switch received {
        case .opened:
            return .sealedLinkOpened(port: sealedLink.port)
        case .foreign(let reason):
            loseLink()
            return .foreign(reason: reason)
        case .message(let header, let opened):
            do {
                let (message, _) = try WireDecoding.coordinatorMessage(header)
                switch (message, opened) {
                case (.parameters(let version, let stamp), .parameters(let place)):
                    return take(version, stamp, at: place)
                case (.work, .samples(let samples, let size)):
                    let arrival = CoordinatorArrival(
                        message: message,
                        payload: .samples(samples),
                        payloadSize: size
                    )
                    return .message(arrival)
                default:
                    return .message(CoordinatorArrival(message: message))
                }
            } catch {
                return .foreign(reason: error.description)
            }
        }
    }

    /// Looks how the link does, and tells whether it has ended after it was open: what was on its
    /// way may be lost.
    mutating func isSealedLinkLost() throws(ZeroMQError) -> Bool {
        guard let sealedLink, let change = try sealedLink.nextChange() else { return false }
        self.sealedLink = nil
        if case .failed(let reason) = change {
            sealedLinkFailure = sealedLinkFailure ?? (sealedLink.port, reason)
        }
        return change == .lost
    }

    /// Takes what kept the first sealed link from opening that failed; nil if none did, or it was
    /// taken.
    mutating func takeSealedLinkFailure() -> (port: Int, reason: String)? {
        guard let failure = sealedLinkFailure, !isSealedLinkFailureTold else { return nil }
        isSealedLinkFailureTold = true
        return failure
    }
}
