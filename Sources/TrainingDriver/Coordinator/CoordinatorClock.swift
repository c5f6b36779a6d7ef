package import TrainingProtocol
package import Transport

/// A coordinator's clock, which also keeps what its workers' clocks tell.
package protocol CoordinatorClock: DriverClock {
    /// What travels beside the workers' messages.
    associatedtype Payloads: PayloadTypes
    /// Notes that a worker is about to be welcomed.
    func noteWelcome(of worker: WorkerID)
    /// Keeps what a worker has spent its time on; false if nobody has welcomed it, or no clock
    /// tells such times.
    func take(_ profile: Payloads.Profile, from worker: WorkerID) -> Bool
    /// Notes that a step has ended, and what the transport had carried by then.
    func stepDidEnd(_ traffic: @autoclosure () -> Traffic)
}
