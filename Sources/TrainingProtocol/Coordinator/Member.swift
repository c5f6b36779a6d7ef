/// A worker that was taken in.
struct Member: Equatable, Sendable {
    /// A lease that its worker should have begun to compute.
    struct Beginning: Equatable, Sendable {
        let work: Work
        let time: Duration
        /// Whether the worker was asked for it more than once, for it was overdue.
        var wasAskedAgain = false
    }

    let worker: WorkerID
    /// When it was taken in.
    let joined: Duration
    /// When it was last heard of.
    var lastHeard: Duration
    /// When the next heartbeat to it is due.
    var nextHeartbeat: Duration
    /// The version of the parameters that was sent to it last.
    var parametersVersion: Int?
    /// How fast it has been so far.
    var pace: Pace?
    /// What it should be computing; what it has not answered yet, oldest first.
    private(set) var beginnings: [Beginning] = []
    /// When it answered last.
    private var lastAnswer = Duration.zero

    /// Takes a worker in.
    init(_ worker: WorkerID, at now: Duration, nextHeartbeat: Duration, pace: Pace?) {
        self.worker = worker
        self.nextHeartbeat = nextHeartbeat
        self.pace = pace
        joined = now
        lastHeard = now
    }

    /// Notes what the worker should be computing from now on.
    mutating func begin(_ work: Work, at now: Duration) {
        beginnings.append(Beginning(work: work, time: now))
        // A worker does not answer what newer parameters have overtaken.
        if beginnings.count > Lease.countMax { beginnings.removeFirst() }
    }

    /// Notes that it was asked for a work again.
    mutating func noteAskedAgain(_ work: Work) {
        guard let index = beginnings.lastIndex(where: { $0.work == work }) else { return }
        beginnings[index].wasAskedAgain = true
    }

    /// Notes an answer; returns how long it took, and whether that is no more than a bound, if the
    /// worker should have been computing it.
    mutating func answer(_ work: Work, at now: Duration) -> (duration: Duration, isBound: Bool)? {
        let before = lastAnswer
        lastAnswer = now
        guard let index = beginnings.firstIndex(where: { $0.work == work }) else { return nil }
        // A worker computes one lease at a time, so what it began before is settled too.
        let beginning = beginnings[index]
        beginnings.removeFirst(index + 1)
        // A worker that had to be asked again may never have seen the first request: the time tells
        // no more than a bound (Karn & Partridge 1987, on retransmitted segments).
        return (now - max(beginning.time, before), beginning.wasAskedAgain)
    }
}
