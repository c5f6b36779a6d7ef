/// The types of what travels beside messages: LeNet's buffers over a network, whatever a simulated
/// model has in a simulation.
package protocol PayloadTypes {
    /// Flat parameters, or a gradient of them.
    associatedtype Buffer
    /// Where a coordinator's transport takes samples from.
    associatedtype SampleSource
    /// The samples of a piece of work, as a worker has them.
    associatedtype Samples: ReceivedSamples
    /// Parameters of one version, as a worker has them.
    associatedtype Parameters: ReceivedParameters
    /// Parameters of which the first segment has come.
    associatedtype BegunParameters
    /// What a welcome says beside the machine's message.
    associatedtype Offer
    /// What a worker has spent its time on, as it leaves.
    associatedtype SentProfile
    /// The same as the coordinator gets it.
    associatedtype Profile
    /// Memory that workers read the parameters from.
    associatedtype ParameterMemory
    /// What arrived and is no part of the run.
    associatedtype Rejection: Transport.Rejection
}

/// Samples where they arrived.
package protocol ReceivedSamples {
    /// Gives their memory back.
    func free()
}

/// Parameters where they arrived.
package protocol ReceivedParameters {
    /// Whether the coordinator has left them as they were: where both share memory, it writes over
    /// them when their round is over.
    var isIntact: Bool { get }
}

/// Something that arrived and is no part of the run, so that nothing came of it.
package protocol Rejection: CustomStringConvertible {
    /// What it is counted as, in `summary.json` too.
    var kind: String { get }
    /// Whether it is what anybody can do who reaches the port, and comes to nothing: nobody has to
    /// look into it.
    var isKnock: Bool { get }
    /// Whether it was sent in a worker's name that the sender may not use: the worker loses all its
    /// connections, comes again, and takes its number back.
    var isInWorkersName: Bool { get }

    /// A profile of nobody that was welcomed, or with times that no clock tells.
    static var profile: Self { get }
    /// An answer whose sums cannot be.
    static var sums: Self { get }
    /// An answer that is not finite where the right one is.
    static var numbers: Self { get }
    /// A worker that asks to join while too many do, or take part already.
    static var join: Self { get }
}
