package import Figures
package import TrainingProtocol
package import Transport

/// What a worker computes with.
package protocol WorkerNumbers: AnyObject {
    /// What travels with messages.
    associatedtype Payloads: PayloadTypes

    /// Pieces of a step's work that were computed since the welcome.
    var answerCount: Int { get }

    /// Makes ready to compute for a run; false if this build does not know how `input` brings
    /// images in.
    func prepare(_ input: InputSettings, _ offer: Payloads.Offer) -> Bool
    /// Converts samples that are there ahead of their parameters.
    func prepare(_ work: Work, _ samples: Payloads.Samples)
    /// Goes on with them as far as the parameters have come, if those are of the work's version.
    func begin(_ work: Work, _ parameters: Payloads.BegunParameters)
    /// The sums over the samples of a piece of work, with a gradient if they are trained on.
    ///
    /// - Parameters:
    ///   - buffer: takes the gradient; nil for one of the worker's own.
    ///   - whenFullyConnected: is told when this segment of the gradient is complete, the
    ///     convolutions' not yet.
    func answer(
        _ work: Work,
        _ samples: Payloads.Samples,
        _ parameters: Payloads.Parameters,
        into buffer: Payloads.Buffer?,
        whenFullyConnected: (Payloads.Buffer) -> Void
    ) -> WorkerAnswer<Payloads>
    /// What the time since the welcome was spent on; nil for a worker that nobody has welcomed.
    ///
    /// - Parameter buffer: takes it; nil for a buffer of the worker's own.
    func profile(into buffer: Payloads.Buffer?) -> Payloads.SentProfile?
}

/// What a worker has computed of a piece of work.
package struct WorkerAnswer<Payloads: PayloadTypes> {
    /// The gradient; nil outside training.
    package var gradient: Payloads.Buffer?
    /// What the header carries.
    package var sums: LossSums

    /// Gathers the parts.
    package init(gradient: Payloads.Buffer?, sums: LossSums = LossSums()) {
        self.gradient = gradient
        self.sums = sums
    }
}

/// Follows a worker; every call comes from its thread and should return soon.
package protocol WorkerObserver: AnyObject {
    /// The connection is gone, and the coordinator is looked for.
    func willLookForCoordinator()
    /// The search goes on, as this line tells.
    func searchGoesOn(_ line: String)
    /// The coordinator has taken the worker in.
    func didJoin()
    /// This build does not know how the coordinator brings images in, and leaves.
    func inputIsUnknown(_ input: InputSettings)
    /// Payloads go sealed through this port of the coordinator's.
    func payloadPortDidOpen(_ port: Int)
    /// Payloads cannot go sealed through this port, for this reason.
    func payloadPortDidFail(_ port: Int, reason: String)
    /// Something came that is no message of ours; told at a bounded rate.
    func didReceiveForeignBytes(reason: String)
}
