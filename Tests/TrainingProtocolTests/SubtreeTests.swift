import Testing
import TrainingProtocol

struct SubtreeTests {
    private func cover(_ shards: Range<Int>, of shardCount: Int, levelMax: Int) -> [Subtree] {
        var subtrees: [Subtree] = []
        Subtree.cover(shards, of: shardCount, levelMax: levelMax, into: &subtrees)
        return subtrees
    }

    @Test func `covers every range of every small round with each shard once, from left to right`()
    {
        for shardCount in 1...40 {
            for first in 0..<shardCount {
                for end in first + 1...shardCount {
                    let subtrees = cover(first..<end, of: shardCount, levelMax: 4)
                    let covered = subtrees.flatMap { $0.shards(of: shardCount) }
                    #expect(covered == Array(first..<end), "\(first)..<\(end) of \(shardCount)")
                    #expect(subtrees.allSatisfy { $0.level <= 4 })
                }
            }
        }
    }

    @Test func `covers a whole round with its root alone`() {
        for shardCount in 1...300 {
            let root = Subtree.root(of: shardCount)
            #expect(cover(0..<shardCount, of: shardCount, levelMax: 20) == [root])
            #expect(root.shards(of: shardCount) == 0..<shardCount)
        }
    }

    @Test func `gives each of a power of two of workers one subtree of a full round`() {
        for level in 0...6 {
            let shardCount = 64
            let share = shardCount >> level
            for order in 0..<(1 << level) {
                let shards = order * share..<(order + 1) * share
                let subtrees = cover(shards, of: shardCount, levelMax: 6)
                #expect(subtrees == [Subtree(level: 6 - level, index: order)])
            }
        }
    }

    @Test func `pairs siblings under one parent`() {
        let left = Subtree(level: 2, index: 6)
        #expect(left.isLeft && !left.sibling.isLeft)
        #expect(left.sibling == Subtree(level: 2, index: 7))
        #expect(left.parent == Subtree(level: 3, index: 3))
        #expect(left.sibling.parent == left.parent)
        #expect(left.sibling.sibling == left)
    }

    @Test func `contains itself and what is below, and nothing else`() {
        let place = Subtree(level: 2, index: 1)
        for other in [(2, 1), (1, 2), (1, 3), (0, 4), (0, 7)] {
            #expect(place.contains(Subtree(level: other.0, index: other.1)))
        }
        for other in [(3, 0), (2, 0), (2, 2), (1, 1), (1, 4), (0, 3), (0, 8)] {
            #expect(!place.contains(Subtree(level: other.0, index: other.1)))
        }
    }
}
