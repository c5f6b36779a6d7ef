package import TrainingProtocol

/// What goes with a message of the coordinator.
package enum CoordinatorPayload<Payloads: PayloadTypes> {
    /// Nothing.
    case none
    /// What a welcome says beside the machine's message; each transport adds how it is reached.
    case offer(Payloads.Offer)
    /// The samples of a piece of work.
    case samples(Work, Payloads.SampleSource)
    /// The parameters, which nobody writes to any more.
    case parameters(Payloads.Buffer)
}
