import TrainingProtocol

/// Words for messages in the trace's lines.
extension Packet {
    var traceNumber: UInt64 {
        switch contents {
        case .toWorker(let message): message.traceNumber
        case .toCoordinator(let message): message.traceNumber
        case .garbage: 0
        }
    }

    var traceText: String {
        switch contents {
        case .toWorker(let message): message.traceText
        case .toCoordinator(let message): message.traceText
        case .garbage: "garbage"
        }
    }
}

extension WorkerMessage {
    var traceText: String {
        switch self {
        case .hello: "hello"
        case .answer(let work, let stamp): "answer \(work.traceText) g\(stamp.generation)"
        case .earlySegment(let work, let stamp):
            "early segment \(work.traceText) g\(stamp.generation)"
        case .heartbeat(let stamp): "heartbeat g\(stamp.generation)"
        case .goodbye: "goodbye"
        }
    }
}

extension CoordinatorMessage {
    var traceText: String {
        switch self {
        case .welcome(_, let stamp): "welcome g\(stamp.generation)"
        case .refusal: "refusal"
        case .dismissal(let stamp): "dismissal g\(stamp.generation)"
        case .work(let work, let stamp): "work \(work.traceText) g\(stamp.generation)"
        case .parameters(let version, let stamp): "parameters v\(version) g\(stamp.generation)"
        case .heartbeat(let stamp): "heartbeat g\(stamp.generation)"
        case .rejoin(let stamp): "rejoin g\(stamp.generation)"
        case .finish(let stamp): "finish g\(stamp.generation)"
        }
    }
}

extension Work {
    var traceText: String {
        let name =
            switch round {
            case .step(let index): "step \(index)"
            case .validation(let epochIndex): "validation \(epochIndex)"
            case .test: "test"
            }
        return "\(name) (\(subtree.level), \(subtree.index)) v\(version)"
    }
}
