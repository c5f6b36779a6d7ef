import Figures
import Reporting
import Testing

struct PaceMeterTests {
    /// Where an epoch stands after some steps of 32 samples.
    private func record(epoch: Int, steps: Int, seconds: Double) -> StepRecord {
        let none = Metrics(loss: 0, accuracy: 0)
        return StepRecord(
            own: none,
            epoch: EpochRecord(
                epochIndex: epoch,
                training: none,
                seconds: seconds,
                throughputSamplesPerSecond: 32 * Double(steps) / seconds
            ),
            completedStepCount: steps,
            completedInEpochCount: steps,
            elapsedStepCount: steps
        )
    }

    @Test func `tells the pace since the last look, or since the epoch's start`() {
        var meter = PaceMeter()
        #expect(meter.samplesPerSecond(at: record(epoch: 0, steps: 10, seconds: 1)) == 320)
        #expect(meter.samplesPerSecond(at: record(epoch: 0, steps: 30, seconds: 2)) == 640)
        #expect(meter.samplesPerSecond(at: record(epoch: 1, steps: 5, seconds: 1)) == 160)
        // The run went back, and the epoch began anew.
        #expect(meter.samplesPerSecond(at: record(epoch: 1, steps: 4, seconds: 0.5)) == 256)
    }
}
