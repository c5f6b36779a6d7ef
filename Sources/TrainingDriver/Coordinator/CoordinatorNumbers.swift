package import Figures
package import TrainingProtocol
package import Transport

/// A run's numbers at its coordinator: the parameters, the sums of gradients, the samples.
///
/// The driver tells it what to compute with them, as the machine decides. Nothing here decides
/// anything, and nothing waits.
package protocol CoordinatorNumbers: AnyObject {
    /// What travels with messages.
    associatedtype Payloads: PayloadTypes

    /// How many classes a sample may belong to.
    var classCount: Int { get }
    /// What a welcome says, but for how each transport is reached.
    var offer: Payloads.Offer { get }
    /// Where samples are taken from.
    var samples: Payloads.SampleSource { get }
    /// The parameters after the last step; nobody writes to them any more.
    var parameters: Payloads.Buffer { get }
    /// Whether something can still be made of the parameters.
    var areParametersFinite: Bool { get }

    /// Keeps the parameters where the workers of this host read them, from those of `version` on.
    func shareParameters(in memory: Payloads.ParameterMemory, version: Int)

    /// Whether the segment that an early gradient brings has only finite numbers.
    func isEarlySegmentFinite(_ gradient: Payloads.Buffer) -> Bool
    /// Whether an answer may count, as far as that shows in its numbers.
    func isBelievable(_ work: Work, _ sums: LossSums, _ gradient: Payloads.Buffer?) -> Bool

    /// Adds an answer to the sums of its round; kept answers can be compared with others.
    func accept(_ work: Work, _ sums: LossSums, _ gradient: Payloads.Buffer?, isKept: Bool)
    /// Takes the fully connected segment of an answer that is to come.
    func acceptEarlySegment(of work: Work, _ gradient: Payloads.Buffer)
    /// Makes the fully connected segment of a step, whose sum is complete.
    func applyEarlySegment(index: Int)
    /// Makes the rest of a step, or all of it, and returns the step's sums.
    func applyStep(index: Int) -> LossSums
    /// Takes the sums of a round of evaluation; nil if it had no samples.
    func takeSums(of round: Round) -> LossSums?
    /// The figures of the moving average of the parameters over the samples of a round of
    /// evaluation; nil if there is no average, or no sample.
    func averageMetrics(of round: Round) -> Metrics?
    /// Drops the sums of a round.
    func discard(_ round: Round)
    /// Drops what was made of the next step.
    func abandonStep()

    /// Those who gave a wrong answer for work whose first answer was kept.
    ///
    /// - Parameter second: another worker's answer; nil if there is none to come.
    func wrongWorkers(
        _ work: Work,
        first: WorkerID,
        second: WorkerArrival<Payloads>?
    ) -> [WorkerID]
    /// Drops an answer that was kept.
    func forget(_ work: Work)

    /// Lets whoever wants look at the numbers of an epoch that is over.
    func epochDidEnd()
}

extension CoordinatorNumbers {
    /// There is no average, unless a type keeps one.
    package func averageMetrics(of round: Round) -> Metrics? { nil }

    /// Has nobody look.
    package func epochDidEnd() {}
}
