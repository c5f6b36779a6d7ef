import Arithmetic
package import Figures
package import Kernels
package import Model
package import NetworkTransport
package import TrainingDriver
package import TrainingProtocol
package import Wire

/// The numbers of a run of LeNet-5 at a relay: what came from above, and the sums of what comes
/// from below.
///
/// A work that was leased is summed as a round of its own, whose first shard is the work's first:
/// its tree is the part of the round's that the coordinator does not make. Belongs to the relay's
/// thread.
package final class LeNetRelayNumbers: RelayNumbers, SampleSource {
    package typealias Payloads = NetworkPayloads

    /// The sum of a work that was leased.
    private struct Sum {
        let reduction: StepReduction
        /// Where the fully connected segment was summed up; nil while it is not complete.
        var fullyConnected: ParameterBuffer?
    }

    private let kernels: KernelSet
    private var network = LeNet.digits
    private var stored: [Work: StoredSamples] = [:]
    private var sums: [Work: Sum] = [:]
    /// Those of works that are over, for works to come.
    private var spareReductions: [StepReduction] = []
    private var gradients = BufferPool()
    private var storedParameters: StoredParameters?
    package private(set) var offer = WelcomeOffer(sliceCountMax: 0, classCount: 10)

    /// Has nothing yet.
    package init(kernels: KernelSet) { self.kernels = kernels }

    package var samples: any SampleSource { self }

    package var parameters: ParameterBuffer {
        guard let storedParameters else { preconditionFailure("no parameters have come") }
        return storedParameters.buffer
    }

    package func prepare(_ input: InputSettings, _ offer: WelcomeOffer) {
        for work in Array(stored.keys) { discard(work) }
        (sums, spareReductions) = ([:], [])
        network = offer.network
        gradients = BufferPool(count: network.parameterCount)
        self.offer = WelcomeOffer(sliceCountMax: 0, classCount: offer.classCount)
    }

    package func store(_ samples: StoredSamples, of work: Work) {
        stored.updateValue(samples, forKey: work)?.free()
    }

    package func store(_ parameters: StoredParameters) { storedParameters = parameters }

    package func beginSum(of work: Work, shardCount: Int) {
        let reduction =
            takeReduction(of: work)
            ?? StepReduction(
                shardCount: shardCount,
                kernels: kernels,
                buffers: gradients,
                network: network
            )
        reduction.begin(shardCount: shardCount)
        sums[work] = Sum(reduction: reduction)
    }

    /// The memory of a sum of this work, or of one that is over.
    private func takeReduction(of work: Work) -> StepReduction? {
        sums.removeValue(forKey: work)?.reduction ?? spareReductions.popLast()
    }

    package func accept(
        _ part: Work,
        of whole: Work,
        _ sums: LossSums,
        _ gradient: ParameterBuffer?
    ) {
        let sum = ReductionTree.Sum(gradient: gradient, sums: sums)
        self.sums[whole]?.reduction.add(sum, at: part.place(in: whole))
    }

    package func acceptEarlySegment(of part: Work, of whole: Work, _ gradient: ParameterBuffer) {
        sums[whole]?.reduction.addEarlySegment(gradient, at: part.place(in: whole))
    }

    package func earlySegment(of work: Work) -> ParameterBuffer {
        guard let reduction = sums[work]?.reduction else {
            preconditionFailure("\(work) has no sum")
        }
        let gradient = reduction.takeFullyConnected()
        sums[work]?.fullyConnected = gradient
        return gradient
    }

    package func answer(to work: Work) -> WorkerAnswer<NetworkPayloads> {
        guard let sum = sums[work], let total = sum.reduction.total else {
            preconditionFailure("\(work) is answered before its sum is complete")
        }
        guard let convolutions = total.gradient else {
            return WorkerAnswer(gradient: nil, sums: total.sums)
        }
        let gradient = sum.fullyConnected ?? sum.reduction.takeFullyConnected()
        if gradient !== convolutions {
            let range = network.segments[0].range
            (gradient.start + range.lowerBound)
                .update(from: convolutions.start + range.lowerBound, count: range.count)
        }
        return WorkerAnswer(gradient: gradient, sums: total.sums)
    }

    package func discard(_ work: Work) {
        stored.removeValue(forKey: work)?.free()
        guard let reduction = sums.removeValue(forKey: work)?.reduction else { return }
        reduction.removeAll()
        spareReductions.append(reduction)
    }
}

/// Samples: those of a part are among those of the work that was leased.
extension LeNetRelayNumbers {
    /// A label and its pixels.
    private static let sampleSize = 1 + 28 * 28
    private static let shardSize = Schedule.shardSampleCountMax * sampleSize

    private static func shardCount(ofBytes count: Int) -> Int {
        (count + shardSize - 1) / shardSize
    }

    package func shardCount(of samples: StoredSamples) -> Int {
        samples.withUnsafeBytes { Self.shardCount(ofBytes: $0.count) }
    }

    package func size(of work: Work) -> Int { withSamples(of: work, \.count) }

    package func copySamples(of work: Work, into bytes: UnsafeMutableRawBufferPointer) {
        withSamples(of: work) { bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0)) }
    }

    /// Lends a part's samples; they are the same in whichever work has them.
    private func withSamples<Result>(
        of part: Work,
        _ body: (Slice<UnsafeRawBufferPointer>) -> Result
    ) -> Result {
        guard let (whole, samples) = stored.first(where: { $0.key.contains(part) }) else {
            preconditionFailure("\(part) is leased without samples")
        }
        return samples.withUnsafeBytes { bytes in
            let shards = part.place(in: whole)
                .shards(of: Self.shardCount(ofBytes: bytes.count))
            let end = min(shards.upperBound * Self.shardSize, bytes.count)
            return body(bytes[shards.lowerBound * Self.shardSize..<end])
        }
    }
}

extension Work {
    /// A part's place in the tree of a whole.
    fileprivate func place(in whole: Work) -> Subtree {
        Subtree(
            level: subtree.level,
            index: subtree.index - whole.subtree.index << (whole.subtree.level - subtree.level)
        )
    }
}
