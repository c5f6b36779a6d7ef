import Figures
import Foundation
import TestTools
import Testing

@testable import Reporting

@Suite struct TensorBoardEventsTests {
    private let time = Date(timeIntervalSince1970: 1_764_000_000)

    private func begin(in folder: String, resumedStep: Int = 0) throws -> TensorBoardEvents {
        let settings = [
            "seed": SettingValue("7"), "input": SettingValue("pad"), "keepGoing": .boolean(true),
        ]
        return try TensorBoardEvents(
            runFolder: folder,
            settings: settings,
            resumedStep: resumedStep,
            at: time
        )
    }

    private func step(_ step: Int, loss: Double) -> MetricsLine {
        let record = StepRecord(
            own: Metrics(loss: loss, accuracy: 0.5),
            epoch: epoch(1),
            completedStepCount: step,
            completedInEpochCount: step,
            elapsedStepCount: step
        )
        return MetricsLine(record, samplesPerSecond: 9, learningRate: 0.25, at: time)
    }

    private func epoch(_ number: Int) -> EpochRecord {
        EpochRecord(
            epochIndex: number - 1,
            training: Metrics(loss: 2, accuracy: 0.5),
            validation: Metrics(loss: 4, accuracy: 0.75),
            seconds: 1,
            throughputSamplesPerSecond: 8
        )
    }

    private var state: EpochState {
        let (weights, gradient): ([Float], [Float]) = ([-1, 0, 3], [6, 8])
        let histogram = weights.withUnsafeBufferPointer { Histogram(of: $0, bucketCount: 2) }
        let none = weights[..<0].withUnsafeBufferPointer { Histogram(of: $0, bucketCount: 2) }
        let slope = gradient.withUnsafeBufferPointer { Histogram(of: $0, bucketCount: 2) }
        return EpochState(
            layers: [
                LayerFigures(name: "fc", weights: histogram, biases: none, gradient: slope)
            ]
        )
    }

    private func read(_ folder: String) throws -> [String] {
        let printed = try PeerPython.run("read_with_tensorboard.py", [folder])
        return String(decoding: printed, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `names files as TensorBoard looks for them and begins new ones on a resume`() throws
    {
        try withTemporaryFolder { folder in
            _ = try begin(in: folder)
            _ = try begin(in: folder, resumedStep: 3)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.count == 2)
            for name in names { #expect(name.hasPrefix("events.out.tfevents.1764000000.")) }
        }
    }

    @Test(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"))
    func `is read back by TensorBoard`() throws {
        try withTemporaryFolder { folder in
            let events = try begin(in: folder)
            try events.append(step(100, loss: 0.5), at: time)
            let line = MetricsLine(epoch(2), state, step: 200, learningRate: 0.25, at: time)
            try events.append(line, at: time)
            try events.append(state, epoch: 2, at: time)
            var confusion = ConfusionMatrix(classCount: 10)
            confusion.add(label: 1, prediction: 1)
            let gray = [UInt8](repeating: 0, count: 4) + [200] + [UInt8](repeating: 0, count: 4)
            try events.append(
                test: Metrics(loss: 1, accuracy: 0.25),
                confusion: confusion,
                misread: [MisreadPicture(title: "one", pixels: gray, width: 3)],
                step: 200,
                at: time
            )
            let scalars = [
                "epoch/accuracy 2 0.5", "epoch/gradientNorm 2 10", "epoch/learningRate 2 0.25",
                "epoch/loss 2 2", "epoch/samplesPerSecond 2 8", "epoch/seconds 2 1",
                "epoch/val_accuracy 2 0.75", "epoch/val_loss 2 4", "epoch/weightNorm 2 3.16228",
                "gradientNorm/fc 2 10", "step/accuracy 100 0.5", "step/learningRate 100 0.25",
                "step/loss 100 0.5", "step/running_accuracy 100 0.5",
                "step/running_loss 100 2", "step/samplesPerSecond 100 9",
                "test_accuracy 200 0.25", "test_loss 200 1", "weightNorm/fc 2 3.16228",
            ].map { "scalar \($0) 1764000000.0" }
            #expect(
                try read(folder) == scalars + [
                    "histogram biases/fc 2 0.0 0.0 0.0 0.0",
                    "histogram gradients/fc 2 2.0 6.0 8.0 2.0",
                    "histogram weights/fc 2 3.0 -1.0 3.0 3.0",
                    "tensor images confusion 200 396x396 (396, 396) (255, 255, 255)",
                    "tensor custom_scalars custom_scalars__config__ 0 "
                        + "loss: ^epoch/loss$, ^epoch/val_loss$; "
                        + "accuracy: ^epoch/accuracy$, ^epoch/val_accuracy$",
                    "tensor images misread/01 200 12x12 (12, 12) (200, 200, 200)",
                    "hparams _hparams_/session_end_info {}  1",
                    "hparams _hparams_/session_start_info "
                        + "{'input': 'pad', 'keepGoing': True, 'seed': 7.0} "
                        + "\(URL(filePath: folder).lastPathComponent) 0",
                ]
            )
        }
    }

    @Test(.enabled(if: PeerPython.isWanted, "\(PeerPython.wish)"))
    func `takes back what a resumed run computes again`() throws {
        try withTemporaryFolder { folder in
            let first = try begin(in: folder)
            for number in [100, 200, 300] { try first.append(step(number, loss: 1), at: time) }
            let second = try begin(in: folder, resumedStep: 200)
            try second.append(step(250, loss: 2), at: time)
            func points() throws -> [String] {
                try read(folder).filter { $0.hasPrefix("scalar step/loss ") }
                    .map { String($0.dropFirst(17).dropLast(13)) }
            }
            #expect(try points() == ["100 1", "200 1", "250 2"])
            try second.goBack(toStep: 100, at: time)
            #expect(try points() == ["100 1"])
        }
    }
}
