package import Figures
package import Kernels
package import Model
package import TrainingProtocol

/// The sum of a round's answers in the fixed tree of `Subtree`, whatever the order of their
/// arrival.
///
/// The coordinator adds what its workers send, a worker adds the shards of one subtree: both with
/// this. Two siblings are added as soon as both are there, so at most one buffer a level waits for
/// each run of answers in order. Belongs to one thread.
package final class ReductionTree {
    /// The sums over some shards.
    package struct Sum {
        /// The gradient; nil outside training.
        package var gradient: ParameterBuffer?
        /// What the header carries.
        package var sums: LossSums
        /// Whether the gradient's buffer may be added to: a worker's may still be compared with
        /// another's answer.
        package var isOwned: Bool

        /// Puts the sums over some shards together.
        package init(
            gradient: ParameterBuffer?,
            sums: LossSums = LossSums(),
            isOwned: Bool = true
        ) {
            self.gradient = gradient
            self.sums = sums
            self.isOwned = isOwned
        }
    }

    private var shardCount: Int
    private var root: Subtree
    private let kernels: KernelSet
    private let range: Range<Int>
    private let buffers: BufferPool
    private var waiting: [Subtree: Sum] = [:]

    /// Sums up a round, or a part of one, of `shardCount` shards.
    ///
    /// - Parameters:
    ///   - range: the floats of the gradients that are added; the others are left alone.
    ///   - buffers: where sums go that have no buffer of their own to be in.
    package init(
        shardCount: Int,
        kernels: KernelSet,
        range: Range<Int> = 0..<LeNet.digits.parameterCount,
        buffers: BufferPool = BufferPool()
    ) {
        self.shardCount = shardCount
        self.range = range
        self.buffers = buffers
        root = Subtree.root(of: shardCount)
        self.kernels = kernels
    }

    /// The sum over all shards, once every one was added.
    package var total: Sum? { waiting[root] }

    /// Begins anew.
    package func removeAll() { waiting.removeAll(keepingCapacity: true) }

    /// Begins anew, with a round of another size.
    package func begin(shardCount: Int) {
        removeAll()
        self.shardCount = shardCount
        root = Subtree.root(of: shardCount)
    }

    /// Adds the sum over `subtree`; its buffer, if it is owned, belongs to the reduction from now
    /// on.
    ///
    /// - Precondition: no shard of it was added before.
    package func add(_ sum: Sum, at subtree: Subtree) {
        var place = subtree
        var sum = sum
        while place != root {
            if !place.sibling.shards(of: shardCount).isEmpty {
                guard let other = waiting.removeValue(forKey: place.sibling) else { break }
                sum = place.isLeft ? added(sum, other) : added(other, sum)
            }
            place = place.parent
        }
        let previous = waiting.updateValue(sum, forKey: place)
        precondition(previous == nil, "the sum at \(place) was added twice")
    }

    /// Takes out what the sum over `subtree` would be added to next, if that waits here and may be
    /// added to; `subtree` becomes the place of the two's sum.
    ///
    /// Whoever adds it up elsewhere gives the sum back there.
    package func takeLeftSibling(of subtree: inout Subtree) -> ParameterBuffer? {
        while subtree != root, subtree.sibling.shards(of: shardCount).isEmpty {
            subtree = subtree.parent
        }
        guard subtree != root, !subtree.isLeft, let left = waiting[subtree.sibling],
            left.isOwned, let gradient = left.gradient
        else { return nil }
        waiting[subtree.sibling] = nil
        subtree = subtree.parent
        return gradient
    }

    private func added(_ left: Sum, _ right: Sum) -> Sum {
        Sum(
            gradient: added(left, right.gradient),
            sums: left.sums + right.sums
        )
    }

    private func added(_ left: Sum, _ right: ParameterBuffer?) -> ParameterBuffer? {
        guard let gradient = left.gradient, let right else { return left.gradient }
        let (first, count) = (range.lowerBound, range.count)
        return withExtendedLifetime((gradient, right)) {
            if left.isOwned {
                kernels.add(into: gradient.start + first, right.start + first, count: count)
                return gradient
            }
            let sum = buffers.take()
            kernels.add(
                gradient.start + first,
                right.start + first,
                into: sum.start + first,
                count: count
            )
            return sum
        }
    }
}
