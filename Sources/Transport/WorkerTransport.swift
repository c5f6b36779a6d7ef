package import Figures
package import TrainingProtocol

/// A worker's end of what carries messages to the coordinator and back.
///
/// It never waits: whoever drives it does, until something has come or ``deadline``. Time is handed
/// in, as the driver's clock tells it. Belongs to one thread.
package protocol WorkerTransport: AnyObject {
    /// What no worker survives.
    associatedtype Failure: Error
    /// What travels beside its messages.
    associatedtype Payloads: PayloadTypes

    /// Takes the next thing that came in, if one is there.
    func receive() throws(Failure) -> WorkerReceived<Payloads>?

    /// Sends a message, or tells that it has no way for that; without a connection it is dropped,
    /// for the machine repeats what matters.
    func send(
        _ message: WorkerMessage,
        _ sums: LossSums,
        _ gradient: Payloads.Buffer?
    ) throws(Failure) -> Delivery

    /// Tells the coordinator what the time was spent on.
    func send(_ profile: Payloads.SentProfile) throws(Failure) -> Delivery

    /// Takes the next change of the connection, if there is one.
    func nextConnectionChange(at now: Duration) throws(Failure) -> ConnectionChange?

    /// When it is to be asked for changes at the latest; nil for any time.
    var deadline: Duration? { get }

    /// Begins to use what a welcome offers, and tells whether there is, or may soon be, a way.
    func open(_ offer: Payloads.Offer, at now: Duration) -> Bool

    /// Drops what has begun to come, and the way if another one can be offered: a transport that is
    /// preferred to this one has been opened, or was lost.
    func close()

    /// Notes that a transport that is used where this one is not was lost.
    func fallbackWasLost()

    /// The coordinator has taken the worker in: it need not be looked for.
    func wasWelcomed()

    /// What to tell of a search for the coordinator that goes on; nil unless it is time to.
    func searchLine(at now: Duration) -> String?

    /// Why the coordinator is not found, or was not, to go on a sentence.
    var searchReason: String { get }

    /// Parameters of which the convolutions' have come so far.
    var begunParameters: Payloads.BegunParameters? { get }

    /// Whether messages go this way.
    var isOpen: Bool { get }

    /// Whether sending a gradient in two parts is worth it.
    var wantsEarlySegments: Bool { get }

    /// A buffer for a gradient that the coordinator reads in place; nil where there is none.
    func takeGradientBuffer() -> Payloads.Buffer?

    /// Gives back such a buffer that is not going to be sent.
    func giveBack(_ gradient: Payloads.Buffer)

    /// Keeps the calling thread off the other workers' processors.
    func settle()

    /// Lets a coordinator on this processor go elsewhere.
    func makeWay()

    /// Waits a short time for a message, awake but letting others run, where that pays.
    func lookOut(for duration: Duration)
}

/// What most transports need not do.
extension WorkerTransport {
    /// Needs to be asked at no time.
    package var deadline: Duration? { nil }

    /// Goes on without the other.
    package func fallbackWasLost() {}

    /// Looks for nobody.
    package func wasWelcomed() {}

    /// Looks for nobody.
    package func searchLine(at now: Duration) -> String? { nil }

    /// Looks for nobody.
    package var searchReason: String { "" }

    /// Has none.
    package var begunParameters: Payloads.BegunParameters? { nil }

    /// Has the second part computed while the first one travels.
    package var wantsEarlySegments: Bool { true }

    /// Has none.
    package func takeGradientBuffer() -> Payloads.Buffer? { nil }

    /// Has lent none.
    package func giveBack(_ gradient: Payloads.Buffer) {}

    /// Shares no processor.
    package func settle() {}

    /// Shares no processor.
    package func makeWay() {}

    /// Does not wait.
    package func lookOut(for duration: Duration) {}
}
