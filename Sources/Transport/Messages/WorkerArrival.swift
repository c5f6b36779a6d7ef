package import Figures
package import Model
package import TrainingProtocol
import Wire

/// A message of a worker, with all that came with it.
package struct WorkerArrival {
    /// What the machine is told.
    package let message: WorkerMessage
    /// The figures of an answer; of any other message, those of no sample.
    package var sums: LossSums
    /// The gradient that came with it; nil for none.
    package var gradient: ParameterBuffer?
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
        gradient: ParameterBuffer? = nil,
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

    /// The gradient's bytes; nil for none.
    package var gradientBytes: UnsafeRawBufferPointer? {
        gradient.map { UnsafeRawBufferPointer($0.bytes) }
    }

    /// Whether the message has the payload that belongs to it.
    private var isWellFormed: Bool {
        let wholeSize = ParameterBuffer.size
        switch message {
        case .answer(let work, _) where work.round.isTraining: return payloadSize == wholeSize
        case .earlySegment: return payloadSize == wholeSize
        case .answer, .hello, .heartbeat, .goodbye: return payloadSize == 0
        }
    }

    /// What the coordinator is given: the message, if it has the payload that belongs to it.
    package var received: CoordinatorReceived {
        guard isWellFormed else {
            return .rejected(.payload(size: payloadSize, message: message.name), route)
        }
        return .message(self)
    }
}

extension WorkerMessage {
    /// Whether it asks to take part.
    var isHello: Bool { if case .hello = self { true } else { false } }

    /// What the message is called in a log line.
    fileprivate var name: String {
        switch self {
        case .hello: "hello"
        case .answer: "answer"
        case .earlySegment: "early segment"
        case .heartbeat: "heartbeat"
        case .goodbye: "goodbye"
        }
    }
}
