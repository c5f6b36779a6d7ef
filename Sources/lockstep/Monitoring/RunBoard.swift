import Reporting
import Synchronization
import TrainingProtocol

/// How a run goes, as its coordinator last told, for those who watch.
///
/// The coordinator never waits for them: where somebody looks just now, it tells later.
final class RunBoard: Sendable {
    /// What is told.
    struct Notes: Sendable {
        /// The run's place and plan; nil before it begins.
        var plan: Plan?
        var counters = RunCounters()
        var answers = RecentAnswers()
        /// What the log calls the workers.
        var names: [WorkerID: String] = [:]
        /// Shards that each has computed of the epoch so far.
        var shardCounts: [WorkerID: Int] = [:]
    }

    /// What is known of a run before it begins.
    struct Plan: Sendable {
        let name: String
        let folder: String
        let schedule: Schedule
        let settings: [(key: String, value: String)]
    }

    private let notes = Mutex(Notes())
    private let watch = Atomic(false)
    private let events = Atomic(0)

    /// Notes what a run that begins is to be.
    func begin(_ plan: Plan) { notes.withLock { $0.plan = plan } }

    /// What was told last.
    func look() -> Notes { notes.withLock { $0 } }

    /// Whether somebody looks at more than counts.
    var isWatched: Bool { watch.load(ordering: .relaxed) }

    /// Notes that somebody looks at more than counts, once.
    func isBeingWatched() { watch.store(true, ordering: .relaxed) }

    /// How often something happened that is no step, such as the loss of a worker.
    var eventCount: Int { events.load(ordering: .relaxed) }

    /// Notes that something happened that is no step.
    func noteEvent() { events.add(1, ordering: .relaxed) }

    /// Tells, unless somebody looks just now.
    ///
    /// - Returns: whether it was told.
    @discardableResult
    func tell(_ change: (inout Notes) -> Void) -> Bool {
        notes.withLockIfAvailable { notes in
            change(&notes)
            return true
        } ?? false
    }
}
