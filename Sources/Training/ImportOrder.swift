import SeededRandom

/// The order in which images that came by class are written, the same each time.
package enum ImportOrder {
    /// Each of 0..<`count` once.
    package static func shuffled(count: Int) -> [Int] {
        var random = RandomStream(seed: 1, stream: 0)
        return Permutation.shuffled(count: count, random: &random).map { Int($0) }
    }
}
