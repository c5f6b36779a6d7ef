package import Figures
package import TrainingProtocol

/// Two transports as one: messages go over the better one where that has a way for them, and over
/// the other one where it has not, or has lost it.
///
/// More than two are composed by taking such a pair for one of the two.
package final class PreferringWorkerTransport<
    Preferred: WorkerTransport,
    Fallback: WorkerTransport
>: WorkerTransport
where Preferred.Failure == Fallback.Failure, Preferred.Payloads == Fallback.Payloads {
    package typealias Failure = Fallback.Failure
    package typealias Payloads = Fallback.Payloads

    /// The better one.
    package let preferred: Preferred
    /// The other one.
    package let fallback: Fallback

    /// Composes two transports.
    package init(_ preferred: Preferred, orElse fallback: Fallback) {
        self.preferred = preferred
        self.fallback = fallback
    }

    package func receive() throws(Failure) -> WorkerReceived<Payloads>? {
        if let received = try preferred.receive() { return received }
        return try fallback.receive()
    }

    package func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: Payloads.Buffer?
    ) throws(Failure) -> Delivery {
        let delivery = try preferred.send(message, sums, gradient)
        guard delivery == .unsuited else { return delivery }
        return try fallback.send(message, sums, gradient)
    }

    package func send(_ profile: Payloads.SentProfile) throws(Failure) -> Delivery {
        let delivery = try preferred.send(profile)
        guard delivery == .unsuited else { return delivery }
        return try fallback.send(profile)
    }

    package func nextConnectionChange(at now: Duration) throws(Failure) -> ConnectionChange? {
        if let change = try preferred.nextConnectionChange(at: now) {
            if change == .lost { fallback.close() }
            return change
        }
        let change = try fallback.nextConnectionChange(at: now)
        if change == .lost { preferred.fallbackWasLost() }
        return change
    }

    package var deadline: Duration? {
        guard let first = preferred.deadline, let second = fallback.deadline else {
            return preferred.deadline ?? fallback.deadline
        }
        return min(first, second)
    }

    package func open(_ offer: Payloads.Offer, at now: Duration) -> Bool {
        guard preferred.open(offer, at: now) else { return fallback.open(offer, at: now) }
        fallback.close()
        return true
    }

    package func close() {
        preferred.close()
        fallback.close()
    }

    package func fallbackWasLost() {
        preferred.fallbackWasLost()
        fallback.fallbackWasLost()
    }

    package func wasWelcomed() {
        preferred.wasWelcomed()
        fallback.wasWelcomed()
    }

    package func searchLine(at now: Duration) -> String? {
        preferred.searchLine(at: now) ?? fallback.searchLine(at: now)
    }

    package var searchReason: String {
        preferred.searchReason.isEmpty ? fallback.searchReason : preferred.searchReason
    }

    package var begunParameters: Payloads.BegunParameters? {
        preferred.begunParameters ?? fallback.begunParameters
    }

    package var isOpen: Bool { preferred.isOpen || fallback.isOpen }

    package var wantsEarlySegments: Bool {
        preferred.isOpen ? preferred.wantsEarlySegments : fallback.wantsEarlySegments
    }

    package func takeGradientBuffer() -> Payloads.Buffer? {
        preferred.takeGradientBuffer() ?? fallback.takeGradientBuffer()
    }

    package func giveBack(_ gradient: Payloads.Buffer) {
        preferred.giveBack(gradient)
        fallback.giveBack(gradient)
    }

    package func settle() {
        preferred.settle()
        fallback.settle()
    }

    package func makeWay() {
        preferred.makeWay()
        fallback.makeWay()
    }

    package func lookOut(for duration: Duration) {
        preferred.lookOut(for: duration)
        fallback.lookOut(for: duration)
    }
}
