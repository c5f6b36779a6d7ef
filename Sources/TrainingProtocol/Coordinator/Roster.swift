/// The workers that take part, and how fast each of them is.
struct Roster: Equatable, Sendable {
    /// In the order in which they joined.
    var members: [Member] = []
    /// How many of the first compute at a time; the others stand by.
    private let workerCountAtOnce: Int
    private let heartbeatInterval: Duration
    /// After how much silence a worker counts as lost.
    let silenceMax: Duration

    /// Has no members yet.
    init(_ settings: Coordinator.Settings) {
        self.init(
            workerCountAtOnce: settings.workerCountAtOnce,
            heartbeatInterval: settings.heartbeatInterval,
            silenceMax: settings.silenceMax
        )
    }

    /// Has no members yet.
    init(workerCountAtOnce: Int, heartbeatInterval: Duration, silenceMax: Duration) {
        self.workerCountAtOnce = workerCountAtOnce
        self.heartbeatInterval = heartbeatInterval
        self.silenceMax = silenceMax
    }

    /// How many take part.
    var workerCount: Int { members.count }

    /// Those that compute.
    var computing: ArraySlice<Member> { members.prefix(workerCountAtOnce) }

    /// A worker's place among the members; nil if it takes no part.
    func index(of worker: WorkerID) -> Int? { members.firstIndex { $0.worker == worker } }

    /// A worker as a member; nil if it takes no part.
    func member(_ worker: WorkerID) -> Member? { members.first { $0.worker == worker } }

    /// Whether the member at `index` has no share of its own.
    func standsBy(_ index: Int) -> Bool { index >= workerCountAtOnce }

    /// Takes a worker in.
    ///
    /// - Parameter pace: how fast it has been, if it has taken part before.
    mutating func add(_ worker: WorkerID, pace: Pace?, at now: Duration) {
        members.append(
            Member(worker, at: now, nextHeartbeat: now + heartbeatInterval, pace: pace)
        )
    }

    /// Takes a worker out.
    mutating func remove(_ worker: WorkerID) { members.removeAll { $0.worker == worker } }

    /// Those of which nothing was heard for too long.
    func silent(at now: Duration) -> [WorkerID] {
        members.filter { $0.lastHeard + silenceMax <= now }.map(\.worker)
    }

    /// Sends the heartbeats that are due.
    mutating func beat(
        _ stamp: RunStamp,
        at now: Duration,
        into actions: inout [Coordinator.Action]
    ) {
        for index in members.indices where members[index].nextHeartbeat <= now {
            members[index].nextHeartbeat = now + heartbeatInterval
            actions.append(.send(.heartbeat(stamp), to: members[index].worker))
        }
    }

    /// When the next heartbeat is due or the next worker would be lost.
    var nextDeadline: Duration? {
        var next: Duration?
        for member in members {
            let due = min(member.nextHeartbeat, member.lastHeard + silenceMax)
            next = min(next ?? due, due)
        }
        return next
    }

    /// Learns from an answer, late or not, how fast its worker is.
    mutating func learnPace(of index: Int, from work: Work, shardCount: Int, at now: Duration) {
        guard let (duration, isBound) = members[index].answer(work, at: now), shardCount > 0
        else { return }
        if members[index].pace == nil || members[index].pace?.isBound == true && !isBound {
            let others = members.lazy.compactMap { $0.pace?.expected(shardCount: shardCount) }
            let limited = others.max().map { min(duration, $0 * Pace.surpriseMax) } ?? duration
            members[index].pace = Pace(limited, shardCount: shardCount, isBound: isBound)
        } else {
            members[index].pace?.note(duration, shardCount: shardCount)
        }
    }

    /// Lets the pace of workers fade that have no share of a round.
    mutating func fadePaces(without offers: ShardOffers) {
        for index in members.indices where !offers.hasShare(of: members[index].worker) {
            members[index].pace?.fade()
        }
    }

    /// Weighs each worker by the speed that it has shown.
    func divideShares(into shares: inout [RoundShare]) {
        shares.removeAll(keepingCapacity: true)
        let fastest = computing.lazy.compactMap { $0.pace?.perShard }.min() ?? .zero
        for member in computing {
            let weight = weight(of: member.pace?.perShard ?? fastest, fastest: fastest)
            shares.append(RoundShare(worker: member.worker, weight: weight))
        }
    }

    private func weight(of perShard: Duration, fastest: Duration) -> Int {
        let unit = 1_024
        guard perShard > fastest else { return unit }
        return max(1, fastest.nanoseconds * unit / perShard.nanoseconds)
    }

    /// How long a member may take: one that has shown nothing yet gets twice what the slowest of
    /// the others would get, but no longer than it may be silent.
    ///
    /// A bound is as long as it took to ask again, and several shards of it would be minutes. No
    /// worker that counts computes for longer than it may be silent: three times that leave room
    /// for a lease that it computes twice and for this one.
    func allowance(of index: Int, shardCount: Int) -> Duration {
        if let pace = members[index].pace {
            let allowance = pace.allowance(shardCount: shardCount)
            return pace.isBound ? min(allowance, silenceMax * 3) : allowance
        }
        let known = members.lazy.compactMap { $0.pace?.allowance(shardCount: shardCount) }
        return min(known.max().map { $0 * 2 } ?? silenceMax, silenceMax)
    }

    /// Whether all that is known of a worker's pace is a bound.
    func isBound(_ worker: WorkerID) -> Bool {
        members.contains { $0.worker == worker && $0.pace?.isBound == true }
    }

    /// Whether a worker has joined so lately that it holds nothing up.
    func hasJustJoined(_ worker: WorkerID, at now: Duration) -> Bool {
        members.contains { $0.worker == worker && now - $0.joined < RoundWatch.overdueMin }
    }
}

extension Duration {
    /// Whole nanoseconds: weights are integers, so that they are the same everywhere.
    fileprivate var nanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }
}
