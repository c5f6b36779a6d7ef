/// What a run's processes spent their time on: a part of `summary.json`.
package struct RunProfile: Equatable, Sendable, Encodable {
    /// A worker's part.
    package struct Worker: Equatable, Sendable, Encodable {
        /// Pieces of a step's work that were computed.
        package var answers: Int
        /// How often memory was asked for; nil where nothing counted it.
        package var allocations: Int?
        /// Seconds by phase.
        package var seconds: [String: Double]

        /// Takes a worker's figures.
        package init(answers: Int, allocations: Int?, seconds: [String: Double]) {
            self.answers = answers
            self.allocations = allocations
            self.seconds = seconds
        }
    }

    /// Steps that the coordinator's figures are of.
    package var steps: Int
    /// Messages in these steps, both ways.
    package var messages: Int
    /// Their bytes.
    package var bytes: Int
    /// Those of the messages that went sealed through the payload port.
    package var sealedMessages: Int
    /// How often the coordinator's thread asked for memory; nil where nothing counted it.
    package var allocations: Int?
    /// How many seconds the coordinator's thread had a processor.
    package var processorSeconds: Double
    /// The coordinator's seconds by phase.
    package var coordinator: [String: Double]
    /// The workers that took leave.
    package var workers: [Worker]

    /// Takes a run's figures.
    package init(
        steps: Int,
        messages: Int,
        bytes: Int,
        sealedMessages: Int = 0,
        allocations: Int?,
        processorSeconds: Double,
        coordinator: [String: Double],
        workers: [Worker]
    ) {
        self.steps = steps
        self.messages = messages
        self.bytes = bytes
        self.sealedMessages = sealedMessages
        self.allocations = allocations
        self.processorSeconds = processorSeconds
        self.coordinator = coordinator
        self.workers = workers
    }
}
