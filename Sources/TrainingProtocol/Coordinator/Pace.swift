/// How long a worker has been seen to take: its leases' deadlines and its share of a round follow.
///
/// Mean and deviation are smoothed as TCP smooths round trips, and a deadline is the mean and four
/// deviations (Jacobson 1988); so it needs no setting on any network and any processor.
struct Pace: Equatable, Sendable {
    /// The time of a lease.
    private var mean: Duration
    /// How far a lease's time is from the mean.
    private var deviation: Duration
    /// The shards of a lease, smoothed as its time is, in fractions.
    private var shardCount: Int
    private static let fractionsPerShard = 1_024

    /// The time of a shard, if all of a lease's time is divided among its shards. A lease of many
    /// counts for more than one of few, whose time is that of its messages.
    var perShard: Duration { mean * Self.fractionsPerShard / shardCount }

    /// What a scheduler may keep a process waiting for: no deadline is finer than that.
    static let granularity = Duration.milliseconds(25)

    /// A lease that took very long counts as this multiple of what was expected: its worker may
    /// just have stood still once.
    static let surpriseMax = 4

    /// Whether it is no more than a bound: the worker was asked again before it answered, and may
    /// have begun only then.
    let isBound: Bool

    /// Begins with the first lease.
    init(_ duration: Duration, shardCount: Int, isBound: Bool) {
        self.isBound = isBound
        mean = duration
        deviation = duration / 2
        self.shardCount = shardCount * Self.fractionsPerShard
    }

    /// Takes another lease into account.
    mutating func note(_ duration: Duration, shardCount: Int) {
        let limited = min(duration, expected(shardCount: shardCount) * Self.surpriseMax)
        let error = limited - mean
        mean += error / 8
        deviation += (max(error, .zero - error) - deviation) / 4
        self.shardCount += (shardCount * Self.fractionsPerShard - self.shardCount) / 8
    }

    /// Takes a little of what is held against a worker back, for each round that it has no share
    /// of: otherwise one that was slow once, as all are with their first shard, would never have a
    /// share again.
    ///
    /// 2⁻⁸: a worker that was taken for four times too slow is tried again after some 75 rounds;
    /// one that really is takes long once in a while.
    mutating func fade() {
        mean -= mean / 256
    }

    /// How long a lease of `shardCount` shards should take.
    func expected(shardCount: Int) -> Duration { max(mean, perShard * shardCount) }

    /// How long it may take before someone else is asked too.
    func allowance(shardCount: Int) -> Duration {
        expected(shardCount: shardCount) + max(deviation * 4, Self.granularity)
    }
}
