import MNIST
import Model
import Testing
import TrainingProtocol

@testable import Training

struct SampleFeedTests {
    /// 40 training and 20 test images whose first pixels are their number, and which half they are
    /// of.
    private let dataset = MNISTDataset(
        training: LabeledImages(samples: Self.samples(count: 40, mark: 1)),
        test: LabeledImages(samples: Self.samples(count: 20, mark: 2))
    )

    private static func samples(count: Int, mark: UInt8) -> [UInt8] {
        (0..<count).flatMap { index in
            [UInt8(index % 10), UInt8(index), mark] + [UInt8](repeating: 0, count: 782)
        }
    }

    private let schedule = Schedule(
        trainingSampleCount: 36,
        validationSampleCount: 4,
        testSampleCount: 20,
        batchSize: 20,
        epochCount: 2
    )

    private func numbers(_ feed: SampleFeed, _ round: Round, mark: UInt8) -> [Int] {
        let subtree = Subtree.root(of: schedule.shardCount(of: round))
        let work = Work(round: round, subtree: subtree, version: 0)
        var bytes = [UInt8](repeating: 0, count: feed.size(of: work))
        bytes.withUnsafeMutableBytes { feed.copySamples(of: work, into: $0) }
        return stride(from: 0, to: bytes.count, by: 785).map { first in
            #expect(bytes[first + 2] == mark)
            #expect(Int(bytes[first]) == Int(bytes[first + 1]) % 10)
            return Int(bytes[first + 1])
        }
    }

    @Test func `visits every training image once an epoch, never one of the validation split`() {
        let feed = SampleFeed(dataset: dataset, schedule: schedule, seed: 1)
        let first = (0..<2).flatMap { numbers(feed, .step(index: $0), mark: 1) }
        let second = (2..<4).flatMap { numbers(feed, .step(index: $0), mark: 1) }
        #expect(first.sorted() == Array(0..<36))
        #expect(second.sorted() == Array(0..<36))
        #expect(first != second)
        #expect(first != first.sorted())
    }

    @Test func `validates on the last images and tests on the test images, in file order`() {
        let feed = SampleFeed(dataset: dataset, schedule: schedule, seed: 1)
        #expect(numbers(feed, .validation(epochIndex: 1), mark: 1) == [36, 37, 38, 39])
        #expect(numbers(feed, .test, mark: 2) == Array(0..<20))
    }

    @Test func `gives a resumed run the same batches, and another seed others`() {
        let feed = SampleFeed(dataset: dataset, schedule: schedule, seed: 1)
        let expected = numbers(feed, .step(index: 3), mark: 1)
        let resumed = SampleFeed(dataset: dataset, schedule: schedule, seed: 1)
        #expect(numbers(resumed, .step(index: 3), mark: 1) == expected)
        let other = SampleFeed(dataset: dataset, schedule: schedule, seed: 2)
        #expect(numbers(other, .step(index: 3), mark: 1) != expected)
    }

    @Test func `cuts shards as large as a computer takes them`() {
        #expect(Schedule.shardSampleCountMax == LeNet.shardSampleCountMax)
    }
}
