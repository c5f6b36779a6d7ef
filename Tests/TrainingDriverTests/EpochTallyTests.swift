import Figures
import Testing
import TrainingProtocol

@testable import TrainingDriver

/// An epoch's steps, added up.
struct EpochTallyTests {
    private let schedule = Schedule(
        trainingSampleCount: 40,
        validationSampleCount: 0,
        testSampleCount: 0,
        batchSize: 16,
        epochCount: 2
    )

    @Test func `tells the mean over the samples so far, and the pace since its start`() {
        var tally = EpochTally(at: .seconds(1))
        tally.add(LossSums(lossSum: 32, correctCount: 4), sampleCount: 16, at: .seconds(2))
        tally.add(LossSums(lossSum: 4, correctCount: 6), sampleCount: 8, at: .seconds(3))
        let position = Position(completedStepCount: 5, recordedEpochCount: 1)
        let step = tally.stepRecord(after: position, in: schedule)
        #expect(step.own == Metrics(loss: 0.5, accuracy: 0.75))
        #expect(step.epoch.epochIndex == 1)
        #expect(step.completedStepCount == 5)
        #expect(step.completedInEpochCount == 2)
        #expect(step.epoch.training == Metrics(loss: 1.5, accuracy: 10.0 / 24))
        #expect(step.epoch.seconds == 2)
        #expect(step.elapsedStepCount == 2)
        #expect(step.epoch.throughputSamplesPerSecond == 12)
        let epoch = tally.epochRecord(index: 1, validation: nil, at: .seconds(5))
        #expect(epoch.training == step.epoch.training)
        #expect(epoch.seconds == 4)
        #expect(epoch.throughputSamplesPerSecond == 12)
    }

    @Test func `goes on with what a checkpoint had summed up, but for the pace`() {
        var tally = EpochTally(
            totals: EpochTotals(lossSum: 32, correctCount: 4, sampleCount: 16),
            at: .zero
        )
        tally.add(LossSums(lossSum: 16, correctCount: 12), sampleCount: 16, at: .seconds(1))
        let position = Position(completedStepCount: 2)
        let step = tally.stepRecord(after: position, in: schedule)
        #expect(step.epoch.training == Metrics(loss: 1.5, accuracy: 0.5))
        #expect(step.elapsedStepCount == 1)
        let epoch = tally.epochRecord(index: 0, validation: nil, at: .seconds(1))
        #expect(epoch.throughputSamplesPerSecond == 16)
    }

    @Test func `has no pace before its first step`() {
        let epoch = EpochTally(at: .zero).epochRecord(index: 0, validation: nil, at: .zero)
        #expect(epoch.throughputSamplesPerSecond == 0)
        let position = Position(completedStepCount: 1)
        let step = EpochTally(at: .zero).stepRecord(after: position, in: schedule)
        #expect(step.epoch.throughputSamplesPerSecond == 0)
        #expect(epoch.training == Metrics(loss: 0, accuracy: 0))
    }
}
