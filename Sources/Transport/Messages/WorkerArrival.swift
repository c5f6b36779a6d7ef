package import Figures
package import TrainingProtocol

/// A message of a worker, with all that came with it.
package struct WorkerArrival<Payloads: PayloadTypes> {
    /// What the machine is told.
    package let message: WorkerMessage
    /// The figures of an answer; of any other message, those of no sample.
    package var sums: LossSums
    /// The gradient that came with it; nil for none.
    package var gradient: Payloads.Buffer?
    /// The size of the payload, in bytes; that of a gradient in two parts is the whole gradient's.
    package var payloadSize: Int
    /// Who sent it.
    package let worker: WorkerID
    /// What it came over.
    package let route: Route

    /// Gathers the parts.
    package init(
        message: WorkerMessage,
        sums: LossSums = LossSums(),
        gradient: Payloads.Buffer? = nil,
        payloadSize: Int = 0,
        worker: WorkerID,
        route: Route = .ended
    ) {
        self.message = message
        self.sums = sums
        self.gradient = gradient
        self.payloadSize = payloadSize
        self.worker = worker
        self.route = route
    }
}
