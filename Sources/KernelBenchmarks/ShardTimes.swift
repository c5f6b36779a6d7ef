/// What the parts of a shard take, in seconds.
struct ShardTimes {
    var forward = 0.0
    var fullyConnectedBackward = 0.0
    var convolutionsBackward = 0.0

    var sum: Double { forward + fullyConnectedBackward + convolutionsBackward }

    /// The shorter time of each part.
    func least(_ other: ShardTimes) -> ShardTimes {
        ShardTimes(
            forward: min(forward, other.forward),
            fullyConnectedBackward: min(fullyConnectedBackward, other.fullyConnectedBackward),
            convolutionsBackward: min(convolutionsBackward, other.convolutionsBackward)
        )
    }

    /// The mean of several shards.
    static func mean(_ times: [ShardTimes]) -> ShardTimes {
        let count = Double(times.count)
        return ShardTimes(
            forward: times.reduce(0) { $0 + $1.forward } / count,
            fullyConnectedBackward: times.reduce(0) { $0 + $1.fullyConnectedBackward } / count,
            convolutionsBackward: times.reduce(0) { $0 + $1.convolutionsBackward } / count
        )
    }
}
