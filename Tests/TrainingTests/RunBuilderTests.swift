import Configuration
import Kernels
import MNIST
import Testing
import TrainingProtocol

@testable import Training

struct RunBuilderTests {
    private func schedule(imageCount: Int, split: Double) throws -> (Int, Int) {
        let images = LabeledImages(samples: [UInt8](repeating: 0, count: imageCount * 785))
        var configuration = RunConfiguration()
        configuration.validationSplit = split
        let builder = try RunBuilder(
            configuration: configuration,
            folder: RunFolder(path: "unused"),
            dataset: MNISTDataset(training: images, test: images),
            kernels: KernelSet.best(environment: [:])
        )
        let schedule = builder.schedule
        return (schedule.trainingSampleCount, schedule.validationSampleCount)
    }

    @Test func `holds out the last tenth as Keras does`() throws {
        #expect(try schedule(imageCount: 60_000, split: 0.1) == (54_000, 6_000))
        #expect(try schedule(imageCount: 60_000, split: 0) == (60_000, 0))
        #expect(try schedule(imageCount: 15, split: 0.1) == (13, 2))
    }

    @Test func `says so when the split leaves nothing to train on`() {
        #expect(
            throws: RunBuilder.Failure.splitLeavesNothing(imageCount: 3, validationSplit: 0.9)
        ) {
            try schedule(imageCount: 3, split: 0.9)
        }
    }
}
