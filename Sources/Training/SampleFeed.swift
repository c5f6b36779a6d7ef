package import MNIST
import Model
import NetworkTransport
import SeededRandom
package import TrainingProtocol

/// The samples of every piece of work, in the order that the seed gives.
///
/// An epoch's order is a function of the seed and the epoch alone, so a resumed run needs nothing
/// but the two to go on. Belongs to one thread.
package final class SampleFeed: SampleSource {
    private let dataset: MNISTDataset
    private let schedule: Schedule
    private let seed: UInt64
    private var order: (epochIndex: Int, samples: [UInt32])?

    /// Feeds from `dataset`, the first `schedule.trainingSampleCount` training images of which are
    /// trained on.
    package init(dataset: MNISTDataset, schedule: Schedule, seed: UInt64) {
        self.dataset = dataset
        self.schedule = schedule
        self.seed = seed
    }

    /// How many bytes the samples of `work` take.
    package func size(of work: Work) -> Int {
        schedule.samples(of: work.subtree, in: work.round).count * LeNet.sampleSize
    }

    /// Writes the samples of `work` one behind the other: label, then 28·28 pixels.
    ///
    /// - Parameter bytes: exactly `size(of: work)` bytes.
    package func copySamples(of work: Work, into bytes: UnsafeMutableRawBufferPointer) {
        let places = schedule.samples(of: work.subtree, in: work.round)
        precondition(bytes.count == places.count * LeNet.sampleSize, "\(bytes.count) bytes")
        guard let destination = bytes.baseAddress else { return }
        let (first, count) = (places.lowerBound, places.count)
        switch work.round {
        case .step(let index):
            let order = order(of: index / schedule.stepsPerEpoch)
            dataset.training.copySamples(count: count, into: destination) {
                Int(order[first + $0])
            }
        case .validation:
            let first = schedule.trainingSampleCount + first
            dataset.training.copySamples(count: count, into: destination) { first + $0 }
        case .test:
            dataset.test.copySamples(count: count, into: destination) { first + $0 }
        }
    }

    /// Streams of the seed from here on belong to the epochs; those before, to the weights.
    private static let firstEpochStream: UInt64 = 1_000

    private func order(of epochIndex: Int) -> [UInt32] {
        if let order, order.epochIndex == epochIndex { return order.samples }
        var random = RandomStream(seed: seed, stream: Self.firstEpochStream + UInt64(epochIndex))
        let samples = Permutation.shuffled(
            count: schedule.trainingSampleCount,
            random: &random
        )
        order = (epochIndex, samples)
        return samples
    }
}
