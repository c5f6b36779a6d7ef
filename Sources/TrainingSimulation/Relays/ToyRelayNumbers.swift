package import Figures
package import TrainingDriver
package import TrainingProtocol
import Transport

/// What a relay adds the toy's gradients with.
package final class ToyRelayNumbers: RelayNumbers, ToySampleSource {
    package typealias Payloads = ToyPayloads

    /// The sum of a work that was leased.
    private struct Sum {
        var tree: TreeSum
        /// Segments that came ahead of their answers.
        var early: [(part: Work, gradient: ToyGradient)] = []
    }

    private var batches: [Work: ToyBatch] = [:]
    private var sums: [Work: Sum] = [:]
    private var vector = ToyModel.Vector.zero
    /// What was done with the numbers that no relay may do.
    private(set) var violation: String?

    package var offer: ToyOffer { ToyOffer() }

    package var samples: any ToySampleSource { self }

    package var parameters: ToyGradient { ToyGradient(vector: vector) }

    package func prepare(_ input: InputSettings, _ offer: ToyOffer) { (batches, sums) = ([:], [:]) }

    package func shardCount(of samples: ToyBatch) -> Int {
        let perShard = Schedule.shardSampleCountMax
        return (samples.numbers.count + perShard - 1) / perShard
    }

    package func store(_ samples: ToyBatch, of work: Work) { batches[work] = samples }

    package func store(_ parameters: ToyParameters) { vector = parameters.vector }

    /// A part of the samples of a work that was leased; of whichever has them, for they are the
    /// same.
    package func samples(of part: Work) -> [UInt32] {
        guard let (whole, batch) = batches.first(where: { $0.key.contains(part) }) else {
            violation = violation ?? "\(part) is leased without samples"
            return []
        }
        let perShard = Schedule.shardSampleCountMax
        let (level, wholeLevel) = (part.subtree.level, whole.subtree.level)
        let first = (part.subtree.index << level - whole.subtree.index << wholeLevel) * perShard
        let end = min(first + perShard << level, batch.numbers.count)
        return Array(batch.numbers[first..<end])
    }

    package func beginSum(of work: Work, shardCount: Int) {
        sums[work] = Sum(tree: TreeSum(of: work.subtree, shardCount: shardCount))
    }

    package func accept(
        _ part: Work,
        of whole: Work,
        _ sums: LossSums,
        _ gradient: ToyGradient?
    ) {
        self.sums[whole]?.early.removeAll { $0.part.contains(part) || part.contains($0.part) }
        let sum = ToySum(gradient: gradient?.vector ?? .zero, sums: sums)
        if self.sums[whole]?.tree.add(sum, at: part.subtree) != true {
            violation = violation ?? "\(part) is accepted twice, or for nobody"
        }
    }

    package func acceptEarlySegment(of part: Work, of whole: Work, _ gradient: ToyGradient) {
        sums[whole]?.early.append((part, gradient))
    }

    package func earlySegment(of work: Work) -> ToyGradient {
        guard let sum = sums[work] else { return ToyGradient(vector: .zero) }
        var tree = sum.tree
        for (part, gradient) in sum.early {
            if !tree.add(ToySum(gradient: gradient.vector), at: part.subtree) {
                violation = violation ?? "a segment of \(part) is counted twice"
            }
        }
        return ToyGradient(vector: total(of: tree, work).gradient)
    }

    package func answer(to work: Work) -> WorkerAnswer<ToyPayloads> {
        guard let tree = sums[work]?.tree else {
            violation = violation ?? "\(work) is answered without a sum"
            return WorkerAnswer(gradient: nil)
        }
        let total = total(of: tree, work)
        let gradient = work.round.isTraining ? ToyGradient(vector: total.gradient) : nil
        return WorkerAnswer(gradient: gradient, sums: total.sums)
    }

    private func total(of tree: TreeSum, _ work: Work) -> ToySum {
        if let total = tree.total { return total }
        violation = violation ?? "\(work) is answered before its sum is complete"
        return ToySum()
    }

    package func discard(_ work: Work) { (batches[work], sums[work]) = (nil, nil) }
}
