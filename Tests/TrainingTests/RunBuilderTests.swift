import Checkpoints
import Configuration
import Foundation
import Kernels
import MNIST
import Model
import TestTools
import Testing
import TrainingDriver
import TrainingProtocol

@testable import Training

struct RunBuilderTests {
    private func schedule(imageCount: Int, split: Double) throws -> (Int, Int) {
        let images = LabeledImages(samples: [UInt8](repeating: 0, count: imageCount * 785))
        var configuration = RunConfiguration()
        configuration.data.validationSplit = split
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

    @Test func `takes no checkpoint that has other slots than the optimizer's`() throws {
        let small = try SmallRun()
        let store = CheckpointStore(
            folder: small.folder.url.appending(path: "checkpoints").path,
            keepCount: 3,
            table: RunBuilder.table(of: .digits)
        )
        let checkpoint = try #require(try store.newestValid()).checkpoint
        let adam = OptimizerRule().slotNames
        #expect(OptimizerBuffers(of: checkpoint, slotNames: adam)?.slots.count == 2)
        for names in [[], ["sgd.velocity"], [adam[0]], adam + ["ema"], ["ema", adam[1]]] {
            #expect(OptimizerBuffers(of: checkpoint, slotNames: names) == nil, "\(names)")
        }
        let numbers = LeNetNumbers(
            small.run,
            clock: CoordinatorProfiler(sliceCountMax: 0),
            sliceCountMax: 0
        )
        try numbers.restart(from: checkpoint)
        var other = checkpoint
        other.slots["ema"] = other.parameters
        #expect(throws: RunIdentity.Unreadable.self) { try numbers.restart(from: other) }
    }
}
