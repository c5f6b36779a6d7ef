import Figures
import Testing
import TrainingProtocol

@testable import TrainingDriver

/// How far a run goes that may end before its last epoch.
struct RunStartTests {
    private let schedule = Schedule(
        trainingSampleCount: 40,
        validationSampleCount: 10,
        testSampleCount: 10,
        batchSize: 10,
        epochCount: 9
    )

    private func start(_ record: RunRecord, _ stopping: StoppingRule) -> RunStart {
        let settings = Coordinator.Settings(
            stamp: RunStamp(run: 1, generation: 1),
            schedule: schedule,
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: 1,
            stepsPerCheckpoint: 0
        )
        return RunStart(record, settings: settings, stopping: stopping)
    }

    /// A run after some steps, whose last epoch that is recorded was good.
    private func record(steps: Int, accuracies: [Double]) -> RunRecord {
        let position = Position(completedStepCount: steps, recordedEpochCount: accuracies.count)
        let epochs = accuracies.enumerated().map { index, accuracy in
            EpochRecord(
                epochIndex: index,
                training: Metrics(loss: 1, accuracy: 0),
                validation: Metrics(loss: 1, accuracy: accuracy),
                seconds: 1,
                throughputSamplesPerSecond: 1
            )
        }
        return RunRecord(position: position, epochs: epochs)
    }

    @Test func `is over where its epochs are enough, and has all of them once it goes back`() {
        let rule = StoppingRule(accuracy: 0.9)
        var start = start(record(steps: 8, accuracies: [0.5, 0.95]), rule)
        #expect(start.settings.schedule.epochCount == 2)
        start.goOn(with: record(steps: 4, accuracies: [0.5]))
        #expect(start.settings.schedule.epochCount == 9)
        #expect(start.settings.schedule.judgesEpochs)
        start.goOn(with: record(steps: 8, accuracies: [0.5, 0.95]))
        #expect(start.settings.schedule.epochCount == 2)
    }

    @Test func `judges no epoch where nothing is asked of it`() {
        let start = start(record(steps: 8, accuracies: [0.5, 1]), StoppingRule())
        #expect(start.settings.schedule == schedule)
    }

    @Test func `goes on in the middle of an epoch whatever those before it were`() {
        let rule = StoppingRule(accuracy: 0.9)
        let start = start(record(steps: 9, accuracies: [0.5, 0.95]), rule)
        #expect(start.settings.schedule.epochCount == 9)
    }
}
