import Arithmetic
package import Model
package import TrainingProtocol
import ZeroMQ

/// What goes with a message of the coordinator.
package enum CoordinatorPayload {
    /// Nothing.
    case none
    /// The samples of a piece of work.
    case samples(Work, SampleFeed)
    /// The parameters, which nobody writes to any more.
    case parameters(ParameterBuffer)
    /// A segment of them: how they travel over ZeroMQ.
    case segment(ParameterBuffer, LeNet.Segment)

    /// The payload's bytes.
    var size: Int {
        switch self {
        case .none: 0
        case .samples(let work, let feed): feed.size(of: work)
        case .parameters(let buffer): buffer.bytes.count
        case .segment(_, let segment): segment.bytes.count
        }
    }

    /// A segment's bytes.
    static func bytes(
        of segment: LeNet.Segment,
        in buffer: ParameterBuffer
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer.bytes[segment.bytes])
    }

    /// The payload as a frame; parameters are not copied.
    func frame() -> Message? {
        switch self {
        case .none:
            nil
        case .samples(let work, let feed):
            Message(size: feed.size(of: work)) { feed.copySamples(of: work, into: $0) }
        case .parameters(let buffer):
            Message(sharing: UnsafeRawBufferPointer(buffer.bytes), of: buffer)
        case .segment(let buffer, let segment):
            Message(sharing: Self.bytes(of: segment, in: buffer), of: buffer)
        }
    }
}

extension CoordinatorLoop {
    /// What travels with a message.
    func payload(of message: CoordinatorMessage) -> CoordinatorPayload {
        switch message {
        case .work(let work, _):
            return .samples(work, run.feed)
        case .parameters(let version, _):
            precondition(version == machine.position.completedStepCount, "version \(version)")
            return .parameters(run.optimizer.parameters)
        case .welcome, .refusal, .dismissal, .heartbeat, .rejoin, .finish:
            return .none
        }
    }
}
