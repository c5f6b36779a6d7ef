/// How long rounds usually take, and whether the current one takes much longer.
struct RoundWatch: Equatable, Sendable {
    private var start = Duration.zero
    private var usual: Duration?
    private(set) var isNamed = false
    /// When they are to be named at the earliest, if that was put off.
    private var earliest = Duration.zero

    /// How many times the usual is much longer.
    private static let overdueFactor = 10

    /// No round is worth a word that is done within this time.
    static let overdueMin = Duration.seconds(2)

    /// What the first round is given.
    private static let firstMax = Duration.seconds(15)

    /// Begins with the first round.
    mutating func begin(at now: Duration) { start = now }

    /// Goes on to the next round.
    mutating func turn(at now: Duration) {
        let duration = now - start
        usual = usual.map { $0 + (duration - $0) / 8 } ?? duration
        start = now
        isNamed = false
        earliest = .zero
    }

    /// Notes that those who hold the round up were named.
    mutating func name() { isNamed = true }

    /// Puts it off to name them.
    mutating func postpone(until time: Duration) { earliest = time }

    /// When they are to be named; nil if they were.
    var deadline: Duration? {
        guard !isNamed else { return nil }
        let limit = usual.map { max($0 * Self.overdueFactor, Self.overdueMin) } ?? Self.firstMax
        return max(start + limit, earliest)
    }

    /// How long the round has been going on.
    func age(at now: Duration) -> Duration { now - start }
}

extension Coordinator {
    /// When those who hold the current round up are to be named.
    var nextNaming: Duration? {
        guard case .running = state, !current.leases.isEmpty else { return nil }
        return watch.deadline
    }

    /// Says once a round who owes what, if the round takes much longer than usual.
    ///
    /// A worker that has just joined holds nothing up: what it owes, others have owed before. Where
    /// only such workers owe something, they are given as long again.
    mutating func nameDebtors(at now: Duration, into actions: inout [Action]) {
        guard let deadline = nextNaming, deadline <= now else { return }
        let age = watch.age(at: now)
        let debts = current.leases.filter { !hasJustJoined($0.worker, at: now) }
            .map { debt($0, at: now) }
        guard !debts.isEmpty else {
            watch.postpone(until: now + RoundWatch.overdueMin)
            return
        }
        watch.name()
        actions.append(.report(.roundOverdue(current.round, lasting: age, debts: debts)))
    }

    private func hasJustJoined(_ worker: WorkerID, at now: Duration) -> Bool {
        members.contains { $0.worker == worker && now - $0.joined < RoundWatch.overdueMin }
    }

    private func debt(_ lease: Lease, at now: Duration) -> Debt {
        let member = members.first { $0.worker == lease.worker }
        let beginning = member?.beginnings.first { $0.work == current.work(lease.subtree) }
        return Debt(
            worker: lease.worker,
            shards: lease.subtree.shards(of: current.shardCount),
            isBegun: beginning != nil,
            duration: beginning.map { now - $0.time }
                ?? min(watch.age(at: now), member.map { now - $0.joined } ?? .zero),
            silence: member.map { now - $0.lastHeard } ?? .zero
        )
    }
}
