import Checkpoints
import Figures
import Testing
import TrainingProtocol

@testable import TrainingDriver

/// What checkpoints say of a run beside its numbers.
struct RunIdentityTests {
    private let identity = RunIdentity(run: 0x7F, seed: 3, configuration: ["epochs": "5"])

    private func epoch(_ index: Int, _ validation: Metrics?, _ average: Metrics?) -> EpochRecord {
        var epoch = EpochRecord(
            epochIndex: index,
            training: Metrics(loss: 0.1, accuracy: 0.9),
            validation: validation,
            seconds: 2.5,
            throughputSamplesPerSecond: .infinity
        )
        epoch.averageValidation = average
        return epoch
    }

    @Test func `reads the record that it writes`() throws {
        let metrics = Metrics(loss: 0.30000000000000004, accuracy: 0.5)
        let record = RunRecord(
            position: Position(completedStepCount: 30, recordedEpochCount: 3),
            epochTotals: EpochTotals(lossSum: 0.1, correctCount: 5, sampleCount: 9),
            epochs: [epoch(0, nil, nil), epoch(1, metrics, nil), epoch(2, metrics, metrics)],
            distrusted: [WorkerID(rawValue: 0x8D)]
        )
        let metadata = identity.metadata(of: record)
        #expect(try RunIdentity.record(in: metadata) == record)
        #expect(RunIdentity.run(in: metadata) == 0x7F)
    }

    @Test func `refuses an epoch whose average is no figure`() {
        var metadata = identity.metadata(of: RunRecord())
        metadata.extra["epochs"] = """
            [{"epochIndex":0,"training":{"loss":1,"accuracy":0},"averageValidation":1,"seconds":1,\
            "throughputSamplesPerSecond":1}]
            """
        #expect(RunIdentity.epochs(in: metadata) == nil)
    }
}
