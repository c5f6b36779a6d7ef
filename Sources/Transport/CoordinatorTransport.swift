package import TrainingProtocol

/// The coordinator's end of what carries messages to workers and back.
///
/// It never waits: whoever drives it does, until something has come or ``deadline``. Time is handed
/// in, as the driver's clock tells it. Belongs to one thread.
package protocol CoordinatorTransport: AnyObject {
    /// What no run survives.
    associatedtype Failure: Error
    /// What travels beside its messages.
    associatedtype Payloads: PayloadTypes

    /// Takes the next thing that came in, if one is there.
    func receive() throws(Failure) -> CoordinatorReceived<Payloads>?

    /// Sends a message with what belongs to it, or tells that it has no way for that.
    func send(
        _ message: CoordinatorMessage,
        _ payload: CoordinatorPayload<Payloads>,
        to worker: WorkerID
    ) throws(Failure) -> Delivery

    /// Cuts off a worker.
    func drop(_ worker: WorkerID)

    /// Cuts off whoever a message came from, if it came over one of this transport's connections:
    /// no worker of ours sends what nothing comes of.
    func drop(_ route: Route)

    /// Takes the next worker that was lost, if there is one.
    func nextLostWorker() throws(Failure) -> WorkerID?

    /// Sees to the connections: lets workers in, ends those that bring what is no message, and
    /// returns what has come to nothing.
    func attend(at now: Duration) throws(Failure) -> [Payloads.Rejection]

    /// When it is to be attended to at the latest; nil for any time.
    var deadline: Duration? { get }

    /// Whether messages to this worker go this way, whatever their payload.
    func carries(_ worker: WorkerID) -> Bool

    /// Adds to a welcome how the worker reaches this transport; what it had before may end.
    func add(to offer: inout Payloads.Offer, for worker: WorkerID)

    /// Notes that a transport that is used where this one is not has lost a worker.
    func fallbackDidLose(_ worker: WorkerID)

    /// What was carried so far.
    var traffic: Traffic { get }

    /// Suits the workers to the host's processors, now and then.
    ///
    /// - Parameter computes: tells workers that compute from those that stand by.
    func arrangeWorkers(where computes: (WorkerID) -> Bool)

    /// Memory that workers read the parameters from; nil where they are sent.
    var parameterMemory: Payloads.ParameterMemory? { get }
}

/// What most transports need not do.
extension CoordinatorTransport {
    /// Needs no attention.
    package func attend(at now: Duration) throws(Failure) -> [Payloads.Rejection] { [] }

    /// Needs no attention.
    package var deadline: Duration? { nil }

    /// Needs no offer.
    package func add(to offer: inout Payloads.Offer, for worker: WorkerID) {}

    /// Goes on without the other.
    package func fallbackDidLose(_ worker: WorkerID) {}

    /// Has nothing to arrange.
    package func arrangeWorkers(where computes: (WorkerID) -> Bool) {}

    /// Sends the parameters.
    package var parameterMemory: Payloads.ParameterMemory? { nil }
}
