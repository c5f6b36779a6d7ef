import Model
import TrainingProtocol
package import Transport

extension WorkerArrival<NetworkPayloads> {
    /// The gradient's bytes; nil for none.
    package var gradientBytes: UnsafeRawBufferPointer? {
        gradient.map { UnsafeRawBufferPointer($0.bytes) }
    }

    /// Whether the message has the payload that belongs to it.
    private var isWellFormed: Bool {
        let isGradient = payloadSize == gradientBytes?.count
        switch message {
        case .answer(let work, _) where work.round.isTraining: return isGradient
        case .earlySegment: return isGradient
        case .answer, .hello, .heartbeat, .goodbye: return payloadSize == 0
        }
    }

    /// What the coordinator is given: the message, if it has the payload that belongs to it.
    package var received: CoordinatorReceived<NetworkPayloads> {
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

extension CoordinatorMessage {
    /// What the message is called in a log line.
    fileprivate var name: String {
        switch self {
        case .welcome: "a welcome"
        case .refusal: "a refusal"
        case .dismissal: "a dismissal"
        case .work: "work"
        case .parameters: "parameters"
        case .heartbeat: "a heartbeat"
        case .rejoin: "a request to join again"
        case .finish: "the run's end"
        }
    }
}

extension CoordinatorArrival<NetworkPayloads> {
    /// Whether the message has the payload that belongs to it.
    private var isWellFormed: Bool {
        switch message {
        case .work(let work, _):
            let sampleCountMax = Schedule.shardSampleCountMax << work.subtree.level
            return payloadSize > 0 && payloadSize % LeNet.sampleSize == 0
                && payloadSize / LeNet.sampleSize <= sampleCountMax
        case .parameters:
            guard case .parameters(let parameters) = payload else { return false }
            return payloadSize == parameters.buffer.bytes.count
        case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            return payloadSize == 0
        }
    }

    /// What the worker is given: the message, if it has the payload that belongs to it.
    package var received: WorkerReceived<NetworkPayloads> {
        guard isWellFormed else {
            payload.free()
            return .rejected(
                reason:
                    "a payload of \(payloadSize) bytes behind \(message.name) of the coordinator, where it does not belong",
                kind: "payload"
            )
        }
        return .message(self)
    }
}

extension WorkerReceived<NetworkPayloads> {
    /// Bytes that are no message of a coordinator's.
    static func foreign(_ reason: String) -> WorkerReceived<NetworkPayloads> {
        .rejected(reason: reason, kind: "foreign")
    }
}
