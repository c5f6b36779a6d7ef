/// What a coordinator has leased to a relay.
struct Assignments: Equatable, Sendable {
    /// A piece of work, and how many shards it has.
    struct Assignment: Equatable, Sendable {
        let work: Work
        let shardCount: Int

        /// The work as what is divided among workers.
        var shape: RoundShape { RoundShape(part: work, shardCount: shardCount) }
    }

    /// All that is not answered, oldest first.
    private(set) var all: [Assignment] = []
    /// The one whose parameters are there; nil if there is none.
    private(set) var current: Assignment?
    /// The one whose parts are leased ahead; nil if there is none.
    private(set) var next: Assignment?

    /// Takes another one.
    mutating func add(_ work: Work, shardCount: Int) {
        all.append(Assignment(work: work, shardCount: shardCount))
    }

    /// Goes on to the one that is computed from now on; tells whether it was leased ahead.
    mutating func begin(_ work: Work) -> Bool {
        let wasAhead = next?.work == work
        current = all.first { $0.work == work }
        if wasAhead { next = nil }
        return wasAhead
    }

    /// Settles which one is leased ahead: the oldest that has no shard of the current one, so that
    /// it is clear which of them an answer is a part of. Tells whether that is another than before.
    mutating func lookAhead() -> Bool {
        let before = next
        next = all.first { assignment in
            guard let current else { return true }
            return !assignment.work.overlaps(current.work)
        }
        return next != before
    }

    /// Drops one that was answered, or will not be.
    mutating func remove(_ work: Work) {
        all.removeAll { $0.work == work }
        if current?.work == work { current = nil }
        if next?.work == work { next = nil }
    }

    /// The one that a piece of work is a part of, if its answers are taken.
    func whole(of part: Work) -> Assignment? {
        if let current, current.work.contains(part) { return current }
        if let next, next.work.contains(part) { return next }
        return nil
    }

    /// How many shards a piece of work has; of one that is not open any more, how many it may have.
    func shardCount(of part: Work) -> Int {
        whole(of: part)?.shape.shardCount(of: part.subtree) ?? 1 << part.subtree.level
    }
}

extension Work {
    /// Whether another piece of work is this one or a part of it.
    package func contains(_ other: Work) -> Bool {
        round == other.round && version == other.version && subtree.contains(other.subtree)
    }

    /// Whether both have shards in common.
    fileprivate func overlaps(_ other: Work) -> Bool {
        contains(other) || other.contains(self)
    }
}
