package import TrainingProtocol

/// A message of the coordinator, with what came with it.
package struct CoordinatorArrival<Payloads: PayloadTypes> {
    /// What the machine is told.
    package let message: CoordinatorMessage
    /// What came with it, where it is.
    package var payload: Payload
    /// The size of what came, in bytes; that of parameters in two parts is the whole.
    package var payloadSize: Int

    /// Gathers the parts.
    package init(message: CoordinatorMessage, payload: Payload = .none, payloadSize: Int = 0) {
        self.message = message
        self.payload = payload
        self.payloadSize = payloadSize
    }

    /// What can come with a message.
    package enum Payload {
        /// Nothing that a message of ours brings.
        case none
        /// What a welcome says beside the machine's message.
        case offer(Payloads.Offer)
        /// The samples of a piece of work, to be freed once they are used.
        case samples(Payloads.Samples)
        /// Parameters, which nobody writes to as long as they are needed.
        case parameters(Payloads.Parameters)

        /// Gives back what was not taken.
        package func free() {
            if case .samples(let samples) = self { samples.free() }
        }

        /// Takes the samples.
        ///
        /// - Precondition: some came.
        package mutating func takeSamples() -> Payloads.Samples {
            guard case .samples(let samples) = self else { preconditionFailure("no samples came") }
            self = .none
            return samples
        }
    }
}
