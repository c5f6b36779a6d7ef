import Figures
import Kernels
import Model
import SeededRandom
import Testing
import TrainingProtocol

@testable import Arithmetic

/// The tree against the slow and obvious way to add in it: recursion from the root.
struct ReductionTreeTests {
    private let kernels: KernelSet

    init() throws { kernels = try KernelSet.best(environment: [:]) }

    /// A buffer of numbers whose sum depends on the order of adding.
    private func shard(_ index: Int) -> ReductionTree.Sum {
        var random = RandomStream(seed: 11, stream: UInt64(index))
        let buffer = ParameterBuffer()
        for place in buffer.floats.indices {
            buffer.floats[place] = (random.uniformFloat() - 0.5) * Float(1 << (index % 12))
        }
        let lossSum = random.uniformFloat() * Float(1 << (index % 9))
        return ReductionTree.Sum(
            gradient: buffer,
            sums: LossSums(lossSum: lossSum, correctCount: index)
        )
    }

    private func naive(_ subtree: Subtree, of shardCount: Int) -> ([Float], Float, Int)? {
        guard !subtree.shards(of: shardCount).isEmpty else { return nil }
        if subtree.level == 0 {
            let sum = shard(subtree.index)
            return (Array(sum.gradient!.floats), sum.sums.lossSum, sum.sums.correctCount)
        }
        let left = naive(
            Subtree(level: subtree.level - 1, index: 2 * subtree.index),
            of: shardCount
        )!
        guard
            let right = naive(
                Subtree(level: subtree.level - 1, index: 2 * subtree.index + 1),
                of: shardCount
            )
        else { return left }
        return (zip(left.0, right.0).map(+), left.1 + right.1, left.2 + right.2)
    }

    private func expect(
        _ reduction: ReductionTree,
        equals expected: ([Float], Float, Int),
        _ comment: Comment
    ) throws {
        let total = try #require(reduction.total, comment)
        let floats = Array(try #require(total.gradient).floats)
        #expect(floats.map(\.bitPattern) == expected.0.map(\.bitPattern), comment)
        #expect(total.sums == LossSums(lossSum: expected.1, correctCount: expected.2), comment)
    }

    @Test func `adds in one tree whatever the order of arrival`() throws {
        for shardCount in [1, 2, 3, 5, 7, 8] {
            let expected = naive(Subtree.root(of: shardCount), of: shardCount)!
            for seed in 0..<UInt64(4) {
                var random = RandomStream(seed: seed, stream: 0)
                let order = Permutation.shuffled(count: shardCount, random: &random)
                let reduction = ReductionTree(shardCount: shardCount, kernels: kernels)
                for index in order {
                    #expect(reduction.total == nil)
                    reduction.add(shard(Int(index)), at: Subtree(level: 0, index: Int(index)))
                }
                try expect(reduction, equals: expected, "\(shardCount) shards, order \(order)")
            }
        }
    }

    @Test func `adds what workers have added before into the same sum`() throws {
        for shardCount in [3, 6, 8] {
            let expected = naive(Subtree.root(of: shardCount), of: shardCount)!
            for workerCount in 1...4 {
                let whole = ReductionTree(shardCount: shardCount, kernels: kernels)
                for worker in (0..<workerCount).reversed() {
                    let first = worker * shardCount / workerCount
                    let end = (worker + 1) * shardCount / workerCount
                    var subtrees: [Subtree] = []
                    Subtree.cover(first..<end, of: shardCount, levelMax: 6, into: &subtrees)
                    for subtree in subtrees {
                        whole.add(sum(of: subtree, shardCount), at: subtree)
                    }
                }
                try expect(whole, equals: expected, "\(shardCount) by \(workerCount)")
            }
        }
    }

    @Test(arguments: 1...9)
    func `gives out what a shard is added to next, up to a sum that is still to come`(
        shardCount: Int
    ) throws {
        let tree = ReductionTree(shardCount: shardCount, kernels: kernels)
        for index in 0..<shardCount {
            let sum = shard(index)
            var place = Subtree(level: 0, index: index)
            var last = try #require(sum.gradient)
            while let left = tree.takeLeftSibling(of: &place) {
                kernels.add(into: left.start, last.start, count: last.count)
                last = left
            }
            tree.add(ReductionTree.Sum(gradient: last), at: place)
        }
        let expected = naive(Subtree.root(of: shardCount), of: shardCount)!
        let found = try #require(tree.total?.gradient).floats.map(\.bitPattern)
        #expect(found == expected.0.map(\.bitPattern))
    }

    @Test func `gives out nothing that is another's or is not there`() {
        let tree = ReductionTree(shardCount: 4, kernels: kernels)
        var place = Subtree(level: 0, index: 1)
        #expect(tree.takeLeftSibling(of: &place) == nil)
        var foreign = shard(0)
        foreign.isOwned = false
        tree.add(foreign, at: Subtree(level: 0, index: 0))
        #expect(tree.takeLeftSibling(of: &place) == nil)
        tree.add(ReductionTree.Sum(gradient: nil), at: Subtree(level: 0, index: 2))
        place = Subtree(level: 0, index: 3)
        #expect(tree.takeLeftSibling(of: &place) == nil)
        #expect(place == Subtree(level: 0, index: 3))
        // Nor was anything taken.
        tree.add(shard(1), at: Subtree(level: 0, index: 1))
        tree.add(ReductionTree.Sum(gradient: nil), at: place)
        #expect(tree.total != nil)
    }

    /// What a worker answers: its shards, added as if they were a round of their own.
    private func sum(of subtree: Subtree, _ shardCount: Int) -> ReductionTree.Sum {
        let shards = subtree.shards(of: shardCount)
        let part = ReductionTree(shardCount: shards.count, kernels: kernels)
        for (place, index) in shards.enumerated() {
            part.add(shard(index), at: Subtree(level: 0, index: place))
        }
        return part.total!
    }
}
