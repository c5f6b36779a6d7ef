import Figures
import Testing

@testable import Reporting

/// What a log says where nothing else is said.
struct RunStatusTests {
    private var status = RunStatus(
        every: .seconds(30),
        epochCount: 5,
        stepsPerEpoch: 1_688,
        workersNeeded: 2,
        at: .seconds(100)
    )

    private func record(_ doneCount: Int) -> StepRecord {
        StepRecord(
            own: Metrics(loss: 0.3, accuracy: 0.9),
            epoch: EpochRecord(
                epochIndex: 1,
                training: Metrics(loss: 0.27912, accuracy: 0.91524),
                validation: nil,
                seconds: 1,
                throughputSamplesPerSecond: 1
            ),
            completedStepCount: 1_688 + doneCount,
            completedInEpochCount: doneCount,
            elapsedStepCount: 1
        )
    }

    @Test mutating func `is silent as long as something else is said`() {
        #expect(status.line(at: .seconds(129)) == nil)
        status.said(at: .seconds(129))
        #expect(status.deadline == .seconds(159))
        #expect(status.line(at: .seconds(158)) == nil)
        #expect(status.line(at: .seconds(159)) != nil)
        #expect(status.line(at: .seconds(188)) == nil)
        #expect(status.line(at: .seconds(189)) != nil)
    }

    @Test mutating func `tells of workers that are waited for`() {
        #expect(
            status.line(at: .seconds(130)) == "waiting for workers: 0 of 2 have joined"
        )
        status.has(workerCount: 1)
        #expect(status.line(at: .seconds(160)) == "waiting for workers: 1 of 2 has joined")
    }

    @Test mutating func `tells where training stands, and that it waits again`() {
        status.has(workerCount: 2)
        status.advanced(record(844))
        let place = "epoch 2/5, step 844/1688, loss 0.2791, accuracy 0.9152"
        #expect(status.line(at: .seconds(130)) == place + ", 2 workers")
        status.has(workerCount: 1)
        #expect(status.line(at: .seconds(160)) == place + ", 1 worker")
        status.waits(workerCount: 0, needed: 1)
        #expect(
            status.line(at: .seconds(190)) == place + ", waiting for workers: 0 of 1 have joined"
        )
    }

    @Test func `says nothing where that was not asked for`() {
        var status = RunStatus(
            every: .zero,
            epochCount: 1,
            stepsPerEpoch: 1,
            workersNeeded: 1,
            at: .zero
        )
        #expect(status.deadline == nil && status.line(at: .seconds(1_000)) == nil)
    }
}
