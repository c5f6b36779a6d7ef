import Synchronization

/// Whether a run's first step has ended, for any thread.
final class RunBeginning: Sendable {
    private let isThere = Atomic(false)

    /// Notes that it has.
    func note() { isThere.store(true, ordering: .relaxed) }

    /// Whether it has.
    var isNoted: Bool { isThere.load(ordering: .relaxed) }
}
