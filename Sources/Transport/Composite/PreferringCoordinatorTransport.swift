package import TrainingProtocol

/// Two transports as one: each worker is sent to over the better one where that has a way to it,
/// and over the other one where it has not, or has lost it.
///
/// More than two are composed by taking such a pair for one of the two.
package final class PreferringCoordinatorTransport<
    Preferred: CoordinatorTransport,
    Fallback: CoordinatorTransport
>: CoordinatorTransport
where Preferred.Failure == Fallback.Failure, Preferred.Payloads == Fallback.Payloads {
    package typealias Failure = Fallback.Failure
    package typealias Payloads = Fallback.Payloads

    /// The better one; nil where there is none.
    package let preferred: Preferred?
    /// The other one.
    package let fallback: Fallback

    /// Composes two transports.
    package init(_ preferred: Preferred?, orElse fallback: Fallback) {
        self.preferred = preferred
        self.fallback = fallback
    }

    package func receive() throws(Failure) -> CoordinatorReceived<Payloads>? {
        if let received = try preferred?.receive() { return received }
        let received = try fallback.receive()
        if case .rejected(let message, let route)? = received, message.isInWorkersName,
            let worker = route.sender
        {
            // Whose name was taken loses all its ways, comes again, and takes its number back.
            preferred?.drop(worker)
        }
        return received
    }

    package func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<Payloads>,
        to worker: WorkerID
    ) throws(Failure) -> Delivery {
        guard let preferred else { return try fallback.send(message, payload, to: worker) }
        var payload = payload
        if case .offer(var offer) = payload {
            preferred.add(to: &offer, for: worker)
            payload = .offer(offer)
        }
        let delivery = try preferred.send(message, payload, to: worker)
        guard delivery == .unsuited else { return delivery }
        return try fallback.send(message, payload, to: worker)
    }

    package func drop(_ worker: WorkerID) {
        preferred?.drop(worker)
        fallback.drop(worker)
    }

    package func drop(_ route: Route) {
        preferred?.drop(route)
        fallback.drop(route)
    }

    package func nextLostWorker() throws(Failure) -> WorkerID? {
        // A worker that is gone has lost both, and is lost once.
        guard let worker = try fallback.nextLostWorker() else {
            return try preferred?.nextLostWorker()
        }
        preferred?.fallbackDidLose(worker)
        return worker
    }

    package func attend(at now: Duration) throws(Failure) -> [Payloads.Rejection] {
        let rejected = try fallback.attend(at: now)
        guard let others = try preferred?.attend(at: now), !others.isEmpty else { return rejected }
        return rejected + others
    }

    package var deadline: Duration? {
        guard let first = preferred?.deadline, let second = fallback.deadline else {
            return preferred?.deadline ?? fallback.deadline
        }
        return min(first, second)
    }

    package func carries(_ worker: WorkerID) -> Bool {
        preferred?.carries(worker) == true || fallback.carries(worker)
    }

    package func add(to offer: inout Payloads.Offer, for worker: WorkerID) {
        preferred?.add(to: &offer, for: worker)
        fallback.add(to: &offer, for: worker)
    }

    package func fallbackDidLose(_ worker: WorkerID) {
        preferred?.fallbackDidLose(worker)
        fallback.fallbackDidLose(worker)
    }

    package var traffic: Traffic { (preferred?.traffic ?? Traffic()) + fallback.traffic }

    package func arrangeWorkers(where computes: (WorkerID) -> Bool) {
        preferred?.arrangeWorkers(where: computes)
        fallback.arrangeWorkers(where: computes)
    }

    package var parameterMemory: Payloads.ParameterMemory? {
        preferred?.parameterMemory ?? fallback.parameterMemory
    }
}
