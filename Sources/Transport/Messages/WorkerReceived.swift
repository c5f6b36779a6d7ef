/// What a worker is given by a transport.
package enum WorkerReceived<Payloads: PayloadTypes> {
    /// A message of the coordinator.
    case message(CoordinatorArrival<Payloads>)
    /// The first segment of parameters, which the transport lends until the rest has come.
    case parametersBegun
    /// The rest of parameters whose beginning was given up, because messages come another way now.
    case late
    /// Payloads go sealed from now on, through this port of the coordinator's.
    case payloadPortOpened(port: Int)
    /// Payloads cannot go sealed through this port, for this reason.
    case payloadPortFailed(port: Int, reason: String)
    /// Bytes that are no message of ours, and what they are counted as.
    case rejected(reason: String, kind: String)
}

/// How a worker's connection to its coordinator changes.
package enum ConnectionChange: Equatable, Sendable {
    /// Messages go to the coordinator from now on.
    case made
    /// What was on its way may be lost.
    case lost
}
