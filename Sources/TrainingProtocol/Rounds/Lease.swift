/// A worker's right to compute a subtree.
struct Lease: Equatable, Sendable {
    let subtree: Subtree
    let worker: WorkerID
    /// When another worker is asked too; nil as long as the worker has something else to finish
    /// first.
    var deadline: Duration?
    /// How long it was given, the last time that it was given time.
    var allowance = Duration.zero
    /// Whether a deadline of it has passed.
    var isOverdue = false

    /// Leases that a worker may hold at once, those of the next round included: enough to keep it
    /// busy, few enough that no queue grows.
    static let countMax = 8
}
