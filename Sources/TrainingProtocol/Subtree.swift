/// An aligned run of a round's shards whose results are added in one fixed order: the unit that is
/// leased, computed, answered and re-leased.
///
/// The shards of a round are the leaves of one binary tree, `sum(k + 1, i) = sum(k, 2i) + sum(k, 2i
/// + 1)`; a missing right child passes its sibling through. `Subtree(level: k, index: i)` is the
/// place `(k, i)` of that tree, so it stands for shards `i · 2ᵏ ..< (i + 1) · 2ᵏ`, as far as they
/// exist. Whoever adds, and in whatever order answers arrive, the sum of a round is the same to the
/// last bit.
package struct Subtree: Hashable, Sendable {
    /// How many times shards were paired: 0 is a single shard.
    package let level: Int

    /// Which subtree of its level, from 0.
    package let index: Int

    /// Names a place in the tree.
    ///
    /// - Precondition: `level` is in 0...40 and `index` is not negative.
    package init(level: Int, index: Int) {
        precondition((0...40).contains(level) && index >= 0, "no subtree (\(level), \(index))")
        self.level = level
        self.index = index
    }

    /// The subtree that this one and its sibling are added into.
    package var parent: Subtree { Subtree(level: level + 1, index: index >> 1) }

    /// Whether another place is this one or below it.
    package func contains(_ other: Subtree) -> Bool {
        other.level <= level && other.index >> (level - other.level) == index
    }

    /// The subtree that this one is added with.
    package var sibling: Subtree { Subtree(level: level, index: index ^ 1) }

    /// Whether this one stands left of its sibling.
    package var isLeft: Bool { index & 1 == 0 }

    /// The shards that it covers in a round of `shardCount` shards; empty if it lies beyond them.
    package func shards(of shardCount: Int) -> Range<Int> {
        let first = min(index << level, shardCount)
        return first..<min((index + 1) << level, shardCount)
    }

    /// The smallest subtree that covers a whole round.
    ///
    /// - Precondition: `shardCount` is greater than 0.
    package static func root(of shardCount: Int) -> Subtree {
        precondition(shardCount > 0, "a round without shards has no root")
        var level = 0
        while 1 << level < shardCount { level += 1 }
        return Subtree(level: level, index: 0)
    }

    /// Appends the fewest subtrees of at most `levelMax` that together cover `shards`, from left to
    /// right.
    ///
    /// - Parameters:
    ///   - shards: a range within 0..<`shardCount`.
    ///   - shardCount: how many shards the round has.
    ///   - levelMax: the highest level that may be used.
    ///   - subtrees: where they go.
    package static func cover(
        _ shards: Range<Int>,
        of shardCount: Int,
        levelMax: Int,
        into subtrees: inout [Subtree]
    ) {
        var position = shards.lowerBound
        while position < shards.upperBound {
            var level = 0
            while level < levelMax, canGrow(from: position, to: level + 1, in: shards, shardCount) {
                level += 1
            }
            subtrees.append(Subtree(level: level, index: position >> level))
            position += 1 << level
        }
    }

    /// Whether the subtree of `level` at `position` is aligned, stays in `shards` and covers more
    /// than its left half.
    private static func canGrow(
        from position: Int,
        to level: Int,
        in shards: Range<Int>,
        _ shardCount: Int
    ) -> Bool {
        let isAligned = position & ((1 << level) - 1) == 0
        let isInside = min(position + 1 << level, shardCount) <= shards.upperBound
        let coversMore = position + 1 << (level - 1) < shards.upperBound
        return isAligned && isInside && coversMore
    }
}
