import Model
package import TrainingProtocol
package import Wire

/// A message of the coordinator, with what came with it.
package struct CoordinatorArrival {
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
        case offer(WelcomeOffer)
        /// The samples of a piece of work, to be freed once they are used.
        case samples(StoredSamples)
        /// Parameters, which nobody writes to as long as they are needed.
        case parameters(StoredParameters)

        /// Gives back what was not taken.
        package func free() {
            if case .samples(let samples) = self { samples.free() }
        }

        /// Takes the samples.
        ///
        /// - Precondition: some came.
        package mutating func takeSamples() -> StoredSamples {
            guard case .samples(let samples) = self else { preconditionFailure("no samples came") }
            self = .none
            return samples
        }
    }

    /// Whether the message has the payload that belongs to it.
    private var isWellFormed: Bool {
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

    /// What the worker is given: the message, if it has the payload that belongs to it.
    package var received: WorkerReceived {
        guard isWellFormed else {
            payload.free()
            return .rejected(
                reason:
                    "a message of the coordinator with a payload of \(payloadSize) bytes, which does not belong to it",
                kind: "payload"
            )
        }
        return .message(self)
    }
}

extension WorkerReceived {
    /// Bytes that are no message of a coordinator's.
    static func foreign(_ reason: String) -> WorkerReceived {
        .rejected(reason: reason, kind: "foreign")
    }
}
