package import Figures
package import TrainingProtocol
package import Transport

/// A relay's numbers: what came from above, and the sums of what comes from below.
///
/// It is what a coordinator has, without an optimizer: samples and parameters are handed on, and
/// answers are added in the tree of `Subtree`, up to the subtree that was leased.
package protocol RelayNumbers: AnyObject {
    /// What travels with messages.
    associatedtype Payloads: PayloadTypes

    /// What a welcome says, but for how each transport is reached.
    var offer: Payloads.Offer { get }
    /// Where the samples of parts are taken from.
    var samples: Payloads.SampleSource { get }
    /// The parameters that came last; nobody writes to them any more.
    var parameters: Payloads.Buffer { get }

    /// Makes ready for a run; what was stored before is void.
    func prepare(_ input: InputSettings, _ offer: Payloads.Offer)
    /// How many shards samples make.
    func shardCount(of samples: Payloads.Samples) -> Int
    /// Keeps the samples of a work that was leased.
    func store(_ samples: Payloads.Samples, of work: Work)
    /// Keeps parameters in the place of those before.
    func store(_ parameters: Payloads.Parameters)

    /// Begins the sum of a work that was leased anew.
    func beginSum(of work: Work, shardCount: Int)
    /// Adds the answer of a part to the sum of the whole.
    func accept(_ part: Work, of whole: Work, _ sums: LossSums, _ gradient: Payloads.Buffer?)
    /// Takes the fully connected segment of a part's answer that is to come.
    func acceptEarlySegment(of part: Work, of whole: Work, _ gradient: Payloads.Buffer)
    /// A gradient of a work whose fully connected segment is complete.
    func earlySegment(of work: Work) -> Payloads.Buffer
    /// The sum of a work, which is complete.
    func answer(to work: Work) -> WorkerAnswer<Payloads>
    /// Drops the samples and the sum of a work.
    func discard(_ work: Work)
}

/// Follows a relay; every call comes from its thread and should return soon.
package protocol RelayObserver: AnyObject {
    /// The search for the coordinator goes on, as this line tells.
    func searchGoesOn(_ line: String)
    /// The coordinator has taken the relay in.
    func didJoin()
    /// The machine has something to tell of its workers.
    func didNotice(_ notice: Coordinator.Notice)
    /// Something came that is no message of ours; told at a bounded rate.
    func didReceiveForeignBytes(reason: String)
}
