package import Model
package import TrainingProtocol
package import Wire

/// Where the samples of a piece of work come from.
package protocol SampleSource: AnyObject {
    /// How many bytes they take.
    func size(of work: Work) -> Int
    /// Writes them one behind the other: label, then pixels.
    func copySamples(of work: Work, into bytes: UnsafeMutableRawBufferPointer)
}

/// What goes with a message of the coordinator.
package enum CoordinatorPayload {
    /// Nothing.
    case none
    /// What a welcome says beside the machine's message; each transport adds how it is reached.
    case offer(WelcomeOffer)
    /// The samples of a piece of work.
    case samples(Work, any SampleSource)
    /// The parameters, which nobody writes to any more.
    case parameters(ParameterBuffer)

    /// The offer that goes with a welcome.
    var offer: WelcomeOffer {
        if case .offer(let offer) = self { offer } else { WelcomeOffer() }
    }
}

extension CoordinatorPayload {
    /// How many bytes it has.
    var size: Int {
        switch self {
        case .none, .offer: 0
        case .samples(let work, let source): source.size(of: work)
        case .parameters(let buffer): buffer.bytes.count
        }
    }
}
