import Model
import TrainingProtocol

/// A message of the coordinator, with what came with it.
struct CoordinatorArrival {
    /// What the machine is told.
    let message: CoordinatorMessage
    /// The samples or the parameters that came with it, where they are.
    var payload = Payload.none
    /// The size of what came, in bytes; that of parameters in two parts is the whole.
    var payloadSize = 0

    /// What can come with a message.
    enum Payload {
        /// Nothing that a message of ours brings.
        case none
        /// The samples of a piece of work, to be freed once they are used.
        case samples(StoredSamples)
        /// Parameters, which nobody writes to as long as they are needed.
        case parameters(StoredParameters)

        /// Gives back what was not taken.
        func free() {
            if case .samples(let samples) = self { samples.free() }
        }

        /// Takes the samples.
        ///
        /// - Precondition: some came.
        mutating func takeSamples() -> StoredSamples {
            guard case .samples(let samples) = self else { preconditionFailure("no samples came") }
            self = .none
            return samples
        }
    }

    /// Whether the message has the payload that belongs to it.
    var isWellFormed: Bool {
        switch message {
        case .work(let work, _):
            let sampleCountMax = Schedule.shardSampleCountMax << work.subtree.level
            return payloadSize > 0 && payloadSize % LeNet.sampleSize == 0
                && payloadSize / LeNet.sampleSize <= sampleCountMax
        case .parameters:
            return payloadSize == ParameterBuffer.size
        case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            return payloadSize == 0
        }
    }
}
