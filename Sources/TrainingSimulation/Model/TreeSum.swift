import TrainingProtocol

/// The sum of a round's answers in the tree of `Subtree`, whatever the order of their arrival.
struct TreeSum: Equatable, Sendable {
    private let shardCount: Int
    private let root: Subtree
    private var waiting: [Subtree: ToySum] = [:]

    init(shardCount: Int) {
        self.shardCount = shardCount
        root = Subtree.root(of: max(shardCount, 1))
    }

    /// Sums up a part of a round: `shardCount` shards from the first of `root` on.
    init(of root: Subtree, shardCount: Int) {
        self.shardCount = root.index << root.level + shardCount
        self.root = root
    }

    /// The sum over all shards; nil as long as one is missing.
    var total: ToySum? { shardCount == 0 ? nil : waiting[root] }

    /// Adds the sum over `subtree`.
    ///
    /// - Returns: false if that sum was there already: something was counted twice.
    mutating func add(_ sum: ToySum, at subtree: Subtree) -> Bool {
        var place = subtree
        var sum = sum
        while place != root {
            if !place.sibling.shards(of: shardCount).isEmpty {
                guard let other = waiting.removeValue(forKey: place.sibling) else { break }
                sum = place.isLeft ? sum + other : other + sum
            }
            place = place.parent
        }
        return waiting.updateValue(sum, forKey: place) == nil
    }
}
