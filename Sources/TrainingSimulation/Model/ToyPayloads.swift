package import TrainingProtocol
import Transport

/// What a toy's messages carry.
package enum ToyPayloads: PayloadTypes {
    package typealias Buffer = ToyGradient
    package typealias SampleSource = any ToySampleSource
    package typealias Samples = ToyBatch
    package typealias Parameters = ToyParameters
    package typealias BegunParameters = Never
    package typealias Offer = ToyOffer
    package typealias SentProfile = Never
    package typealias Profile = Never
    package typealias ParameterMemory = Never
    package typealias Rejection = ToyRejection
}

/// Parameters, or a gradient of them.
package struct ToyGradient: Equatable, Sendable {
    var vector: ToyModel.Vector
    /// The wrong bits in it; nil if there are none.
    var wrong: WrongBits?
}

/// Wrong bits of one answer.
struct WrongBits: Equatable, Sendable {
    /// Whose they are.
    let worker: WorkerID
    /// Tells them from those of any other answer.
    let number: UInt64
}

/// Where the samples of pieces of work are taken from.
package protocol ToySampleSource: AnyObject {
    /// The samples of a piece of work, shard after shard.
    func samples(of work: Work) -> [UInt32]
}

/// The samples of a piece of work.
package struct ToyBatch: ReceivedSamples, Equatable, Sendable {
    let numbers: [UInt32]

    package func free() {}
}

/// Parameters where they arrived.
package struct ToyParameters: ReceivedParameters, Equatable, Sendable {
    let vector: ToyModel.Vector
    package let isIntact: Bool
}

/// What a welcome says beside the machine's message.
package struct ToyOffer: Equatable, Sendable {
    var link: Int?
}

/// What arrived and is no part of the run.
package enum ToyRejection: String, Rejection {
    case profile, sums, numbers, join, garbage

    package var description: String { rawValue }
    package var kind: String { rawValue }
    package var isKnock: Bool { false }
    package var isInWorkersName: Bool { false }
}
