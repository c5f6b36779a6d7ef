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

    /// The payload's bytes.
    var size: Int {
        switch self {
        case .none: 0
        case .samples(let work, let feed): feed.size(of: work)
        case .parameters(let buffer): buffer.bytes.count
        }
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
        }
    }
}
