import Figures
import Foundation
import TestTools
import Testing

@testable import Reporting

@Suite struct TensorBoardEventsTests {
    private let time = Date(timeIntervalSince1970: 1_764_000_000)

    private func write(in folder: String, validates: Bool) throws {
        let events = try TensorBoardEvents(runFolder: folder, validates: validates, at: time)
        for index in 1...2 {
            let soFar = EpochRecord(
                epochIndex: index - 1,
                training: Metrics(loss: 0.5 / Double(index), accuracy: 0.25),
                seconds: 1,
                throughputSamplesPerSecond: 1
            )
            let step = StepRecord(
                epoch: soFar,
                completedStepCount: 100 * index,
                completedInEpochCount: 100,
                elapsedStepCount: 100
            )
            try events.append(step, at: time)
            let epoch = EpochRecord(
                epochIndex: index - 1,
                training: Metrics(loss: 2 / Double(index), accuracy: 0.5),
                validation: validates ? Metrics(loss: 4 / Double(index), accuracy: 0.75) : nil,
                seconds: 1,
                throughputSamplesPerSecond: 1
            )
            try events.append(epoch, at: time)
        }
    }

    @Test func `follows no symbolic link out of the run's folder`() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/run",
                withIntermediateDirectories: false
            )
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/run/train",
                withDestinationPath: folder
            )
            #expect(throws: ReportError.self) {
                try write(in: "\(folder)/run", validates: false)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run"])
        }
    }

    @Test func `names files as TensorBoard looks for them and begins new ones on a resume`() throws
    {
        try withTemporaryFolder { folder in
            try write(in: folder, validates: false)
            try write(in: folder, validates: false)
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/train")
            #expect(names.count == 2)
            for name in names { #expect(name.hasPrefix("events.out.tfevents.1764000000.")) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["train"])
        }
    }

    @Test(
        .enabled(if: PeerPython.isWanted, "\(PeerPython.wish)")
    )
    func `is read back by TensorBoard`() throws {
        try withTemporaryFolder { folder in
            try write(in: folder, validates: true)
            let printed = try PeerPython.run("read_with_tensorboard.py", [folder])
            #expect(
                String(decoding: printed, as: UTF8.self) == """
                    train batch_accuracy 100 0.25 1764000000.0
                    train batch_accuracy 200 0.25 1764000000.0
                    train batch_loss 100 0.5 1764000000.0
                    train batch_loss 200 0.25 1764000000.0
                    train epoch_accuracy 0 0.5 1764000000.0
                    train epoch_accuracy 1 0.5 1764000000.0
                    train epoch_loss 0 2.0 1764000000.0
                    train epoch_loss 1 1.0 1764000000.0
                    validation epoch_accuracy 0 0.75 1764000000.0
                    validation epoch_accuracy 1 0.75 1764000000.0
                    validation epoch_loss 0 4.0 1764000000.0
                    validation epoch_loss 1 2.0 1764000000.0

                    """
            )
        }
    }
}
