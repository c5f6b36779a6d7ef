/// What a round is: which one, computed with which version of the parameters, in how many shards.
///
/// At a relay it is a part of a round, and ends where the part ends: no shard behind that is added
/// to one of the part, whether there is one or not.
struct RoundShape: Equatable, Sendable {
    let round: Round
    let version: Int
    let shardCount: Int
    /// The first shard that is computed; those before it are another's.
    let firstShard: Int

    /// Has no shards.
    init() {
        round = .test
        version = 0
        shardCount = 0
        firstShard = 0
    }

    /// Describes a round.
    ///
    /// - Parameter position: how far the run has come when the round begins, which tells the
    ///   version of the parameters that it is computed with.
    init(_ round: Round, at position: Position, in schedule: Schedule) {
        self.round = round
        version = position.completedStepCount
        shardCount = schedule.shardCount(of: round)
        firstShard = 0
    }

    /// Describes the part of a round that `work` is, of `shardCount` shards.
    init(part work: Work, shardCount: Int) {
        round = work.round
        version = work.version
        firstShard = work.subtree.index << work.subtree.level
        self.shardCount = firstShard + shardCount
    }

    /// 2⁶ · 16 samples of 785 bytes: the largest message that leases work is 804 kB.
    private static let trainingLevelMax = 6

    /// 2⁴ · 16 = 256 samples a lease: small enough to balance, large enough that messages cost
    /// little.
    private static let evaluationLevelMax = 4

    /// The highest level of a subtree that is leased.
    var levelMax: Int {
        round.isTraining ? Self.trainingLevelMax : Self.evaluationLevelMax
    }

    /// The work that a subtree of this round stands for.
    func work(_ subtree: Subtree) -> Work {
        Work(round: round, subtree: subtree, version: version)
    }

    /// Whether a work is a part of this round.
    func includes(_ work: Work) -> Bool { work.round == round && work.version == version }

    /// The shards of a subtree.
    func shards(of subtree: Subtree) -> Range<Int> { subtree.shards(of: shardCount) }

    /// How many shards a subtree has.
    func shardCount(of subtree: Subtree) -> Int { shards(of: subtree).count }

    /// Whether any of `subtrees` has some of `shards`.
    func isAny(of subtrees: [Subtree], in shards: Range<Int>) -> Bool {
        subtrees.contains { self.shards(of: $0).overlaps(shards) }
    }

    /// Whether a shard is in any of `subtrees`.
    func isAny(of subtrees: [Subtree], around shard: Int) -> Bool {
        subtrees.contains { shards(of: $0).contains(shard) }
    }

    /// Appends the fewest subtrees that together cover `shards`.
    func cover(_ shards: Range<Int>, levelMax: Int, into subtrees: inout [Subtree]) {
        Subtree.cover(
            shards,
            of: shardCount,
            levelMax: min(levelMax, self.levelMax),
            into: &subtrees
        )
    }
}
