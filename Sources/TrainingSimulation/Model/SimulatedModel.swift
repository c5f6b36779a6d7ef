package import Checkpoints
package import Figures
package import SeededRandom
package import TrainingDriver
package import TrainingProtocol
package import Transport

/// The numbers of simulated runs, and how a network carries them: a toy, or the real ones.
package protocol SimulatedModel: AnyObject {
    /// What travels with messages.
    associatedtype Payloads: PayloadTypes
    /// What a coordinator computes with.
    associatedtype Numbers: StoredNumbers where Numbers.Payloads == Payloads
    /// What a worker computes with.
    associatedtype Arithmetic: WorkerNumbers where Arithmetic.Payloads == Payloads
    /// What a relay adds with.
    associatedtype Relaying: RelayNumbers where Relaying.Payloads == Payloads

    /// Makes what a run of `schedule`, or of its first epochs, is drawn from by a seed.
    init(schedule: Schedule, stopping: StoppingRule, seed: UInt64)
    /// The tensors of a checkpoint.
    var table: TensorTable { get }
    /// The numbers of a run that has not begun.
    func makeNumbers() -> Numbers
    /// What a worker computes with.
    func makeArithmetic() -> Arithmetic
    /// What a relay adds with.
    func makeRelaying() -> Relaying

    /// A copy that stays as it is whatever becomes of the original.
    static func copy(_ buffer: Payloads.Buffer) -> Payloads.Buffer
    /// The samples of a piece of work, as they arrive.
    static func samples(
        of work: Work,
        from source: Payloads.SampleSource
    ) -> Payloads.Samples
    /// Parameters as they arrive, of which a copy is made.
    ///
    /// - Parameter isIntact: whether the coordinator leaves them as they are.
    static func parameters(_ buffer: Payloads.Buffer, isIntact: Bool) -> Payloads.Parameters
    /// Adds the number of a link to a welcome.
    static func add(link: Int, to offer: inout Payloads.Offer)
    /// The number of the link that a welcome offers; nil for none.
    static func link(in offer: Payloads.Offer) -> Int?

    /// Puts wrong bits into an answer, which remembers that.
    static func corrupt(
        _ answer: inout WorkerAnswer<Payloads>,
        of worker: WorkerID,
        _ random: inout RandomStream
    )
    /// What no run may do, found while it was done.
    static func violation(in numbers: Numbers) -> String?
    /// What no relay may do, found while it was done.
    static func violation(in numbers: Relaying) -> String?
    /// The wrong answers that the numbers are made of.
    static func taints(in numbers: Numbers) -> [Taint]
    /// The last answer that was found to be wrong, and whose it was.
    static func lastWrong(in numbers: Numbers) -> (work: Work, workers: [WorkerID])?

    /// Stands for a whole run: equal only if every step, epoch and figure was.
    func digest(of numbers: Numbers, _ epochs: [EpochRecord], _ test: Metrics?) -> UInt64
    /// The digest of a slow, obvious computation: no machine, no messages, no tree of subtrees.
    func expectedDigest() -> UInt64
}

/// A wrong answer that has counted.
package struct Taint: Equatable, Sendable {
    /// What it answered.
    package let work: Work
    /// Whose it was, if that is known.
    package let worker: WorkerID?
    /// Tells it from any other, if its worker is known.
    var number: UInt64 = 0
}
