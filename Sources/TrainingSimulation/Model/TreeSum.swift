import TrainingProtocol

/// The sum of a round's answers in the tree of `Subtree`, whatever the order of their arrival.
struct TreeSum: Equatable, Sendable {
    private let shardCount: Int
    private var waiting: [Subtree: ToySum] = [:]

    init(shardCount: Int) { self.shardCount = shardCount }

    /// The sum over all shards; nil as long as one is missing.
    var total: ToySum? { shardCount == 0 ? nil : waiting[Subtree.root(of: shardCount)] }

    /// Adds the sum over `subtree`.
    ///
    /// - Returns: false if that sum was there already: something was counted twice.
    mutating func add(_ sum: ToySum, at subtree: Subtree) -> Bool {
        let root = Subtree.root(of: shardCount)
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
