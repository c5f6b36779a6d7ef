package import Kernels
package import Model
package import TrainingProtocol

/// The sums of one round in its two segments: the fully connected one may be complete first.
///
/// Workers' gradients are left as they are, for another answer may still be compared with them.
/// Serves round after round, so that its memory does. Belongs to the coordinator's thread.
package final class StepReduction {
    private let fullyConnected: ReductionTree
    private let convolutions: ReductionTree
    private var shardCount: Int
    /// Segments that have come ahead of their answers.
    private var early: [(subtree: Subtree, gradient: ParameterBuffer)] = []
    /// Whether the fully connected segment was taken from here.
    package private(set) var isFullyConnectedTaken = false

    /// Sums up a round of `shardCount` shards.
    package init(
        shardCount: Int,
        kernels: KernelSet,
        buffers: BufferPool,
        network: LeNet = .digits
    ) {
        self.shardCount = shardCount
        convolutions = ReductionTree(
            shardCount: shardCount,
            kernels: kernels,
            range: network.segments[0].range,
            buffers: buffers
        )
        fullyConnected = ReductionTree(
            shardCount: shardCount,
            kernels: kernels,
            range: network.segments[1].range,
            buffers: buffers
        )
    }

    /// Forgets a round that is over, and all its gradients.
    package func removeAll() {
        convolutions.removeAll()
        fullyConnected.removeAll()
        early.removeAll(keepingCapacity: true)
        isFullyConnectedTaken = false
    }

    /// Sums up another round, of `shardCount` shards.
    package func begin(shardCount: Int) {
        removeAll()
        self.shardCount = shardCount
        convolutions.begin(shardCount: shardCount)
        fullyConnected.begin(shardCount: shardCount)
    }

    /// Adds an answer; early segments of its shards are void, unless they were taken already.
    package func add(_ answer: ReductionTree.Sum, at subtree: Subtree) {
        var answer = answer
        answer.isOwned = false
        convolutions.add(answer, at: subtree)
        guard !isFullyConnectedTaken else { return }
        let shards = subtree.shards(of: shardCount)
        early.removeAll { $0.subtree.shards(of: shardCount).overlaps(shards) }
        fullyConnected.add(answer, at: subtree)
    }

    /// Keeps the fully connected segment of an answer that is to come.
    package func addEarlySegment(_ gradient: ParameterBuffer, at subtree: Subtree) {
        early.append((subtree, gradient))
    }

    /// The sum of the fully connected segment over all shards, early segments included.
    ///
    /// - Precondition: none is missing.
    package func takeFullyConnected() -> ParameterBuffer {
        for (subtree, gradient) in early {
            fullyConnected.add(ReductionTree.Sum(gradient: gradient, isOwned: false), at: subtree)
        }
        early.removeAll(keepingCapacity: true)
        isFullyConnectedTaken = true
        guard let gradient = fullyConnected.total?.gradient else {
            preconditionFailure("a segment is applied before its sum is complete")
        }
        return gradient
    }

    /// The sums over all shards, the gradient's convolutions among them, once every one was added.
    package var total: ReductionTree.Sum? { convolutions.total }
}
