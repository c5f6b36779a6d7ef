/// When processes are to be woken, as far as that is scheduled.
///
/// A wake that is scheduled for earlier makes a later one needless: the process looks at its
/// deadline again then.
struct Wakes {
    private var workers: [Duration?]
    private var coordinator: Duration?

    init(workerCount: Int) { workers = Array(repeating: nil, count: workerCount) }

    /// Whether a worker's wake at a time is to be scheduled; it counts as scheduled then.
    mutating func isNewForWorker(_ slot: Int, at time: Duration) -> Bool {
        if let wake = workers[slot], wake <= time { return false }
        workers[slot] = time
        return true
    }

    /// Whether the coordinator's wake at a time is to be scheduled; it counts as scheduled then.
    mutating func isNewForCoordinator(at time: Duration) -> Bool {
        if let coordinator, coordinator <= time { return false }
        coordinator = time
        return true
    }

    mutating func forgetWorker(_ slot: Int) { workers[slot] = nil }

    mutating func forgetCoordinator() { coordinator = nil }
}
