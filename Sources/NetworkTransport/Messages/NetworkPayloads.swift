package import Arithmetic
package import Model
package import TrainingProtocol
import Transport
package import Wire

/// What LeNet's messages carry over a network.
package enum NetworkPayloads: PayloadTypes {
    package typealias Buffer = ParameterBuffer
    package typealias SampleSource = any NetworkTransport.SampleSource
    package typealias Samples = StoredSamples
    package typealias Parameters = StoredParameters
    package typealias BegunParameters = ParameterAssembler.Begun
    package typealias Offer = WelcomeOffer
    package typealias SentProfile = NetworkTransport.SentProfile
    package typealias Profile = ReceivedProfile
    package typealias ParameterMemory = any Arithmetic.ParameterMemory
    package typealias Rejection = RejectedMessage
}

/// Where the samples of a piece of work come from.
package protocol SampleSource: AnyObject {
    /// How many bytes they take.
    func size(of work: Work) -> Int
    /// Writes them one behind the other: label, then pixels.
    func copySamples(of work: Work, into bytes: UnsafeMutableRawBufferPointer)
}

/// What a worker has spent its time on, as it leaves.
package struct SentProfile {
    /// The times that tell the worker's clock from the coordinator's.
    package let header: ProfileHeader
    /// What the payload lies in.
    package let buffer: ParameterBuffer
    /// How many bytes of the buffer the payload takes, from its start.
    package let size: Int

    /// Gathers the parts.
    package init(header: ProfileHeader, buffer: ParameterBuffer, size: Int) {
        self.header = header
        self.buffer = buffer
        self.size = size
    }
}

/// What a worker has spent its time on, as it came.
package struct ReceivedProfile {
    /// The times that tell the worker's clock from the coordinator's.
    package let header: ProfileHeader
    /// The payload.
    package let bytes: [UInt8]

    /// Gathers the parts.
    package init(header: ProfileHeader, bytes: [UInt8]) {
        self.header = header
        self.bytes = bytes
    }
}

extension WelcomeOffer {
    /// The network whose gradients the worker is to compute.
    package var network: LeNet { LeNet(classCount: classCount) }
}

extension CoordinatorPayload<NetworkPayloads> {
    /// The offer that goes with a welcome.
    var offer: WelcomeOffer {
        if case .offer(let offer) = self { offer } else { WelcomeOffer() }
    }

    /// How many bytes it has.
    var size: Int {
        switch self {
        case .none, .offer: 0
        case .samples(let work, let source): source.size(of: work)
        case .parameters(let buffer): buffer.bytes.count
        }
    }
}
