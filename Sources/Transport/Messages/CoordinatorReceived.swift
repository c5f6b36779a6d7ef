package import TrainingProtocol

/// What the coordinator is given by a transport.
package enum CoordinatorReceived<Payloads: PayloadTypes> {
    /// A message of a worker.
    case message(WorkerArrival<Payloads>)
    /// A worker asks to take part; people are to call it by this name.
    case hello(WorkerArrival<Payloads>, name: String)
    /// What a worker has spent its time on.
    case profile(Payloads.Profile, Route)
    /// An invited worker's key was listed under this name.
    case enrolled(name: String)
    /// A worker can be sent sealed payloads from now on.
    case linkOpened(WorkerID)
    /// A message that was on its way over a link that has ended.
    case late
    /// Bytes that are no message of ours, and what they came over.
    case rejected(Payloads.Rejection, Route)
}
