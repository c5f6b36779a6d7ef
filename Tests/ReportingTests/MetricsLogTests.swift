import Figures
import Foundation
import TestTools
import Testing

@testable import Reporting

@Suite struct MetricsLogTests {
    private let time = Date(timeIntervalSince1970: 1_764_000_000.25)

    private func step(_ step: Int, epoch index: Int) -> MetricsLine {
        let record = StepRecord(
            own: Metrics(loss: 0.125, accuracy: 1),
            epoch: epochRecord(index, loss: 0.5),
            completedStepCount: step,
            completedInEpochCount: 1,
            elapsedStepCount: 1
        )
        return MetricsLine(record, samplesPerSecond: 4_000, learningRate: 1e-7, at: time)
    }

    private func epoch(_ record: EpochRecord, step: Int) -> MetricsLine {
        let numbers: [Float] = [3, 4]
        let layer = numbers.withUnsafeBufferPointer { numbers in
            let empty = UnsafeBufferPointer(rebasing: numbers[..<0])
            return LayerFigures(
                name: "fc",
                weights: Histogram(of: numbers),
                biases: Histogram(of: empty),
                gradient: nil
            )
        }
        let state = EpochState(layers: [layer])
        return MetricsLine(record, state, step: step, learningRate: 1e-7, at: time)
    }

    private func epochRecord(_ epoch: Int, loss: Double = 0.25) -> EpochRecord {
        EpochRecord(
            epochIndex: epoch - 1,
            training: Metrics(loss: loss, accuracy: 0.5),
            seconds: 2,
            throughputSamplesPerSecond: 99.5
        )
    }

    /// A log of two epochs of two steps.
    private func writeLog(in folder: String) throws {
        let log = try MetricsLog(newInFolder: folder)
        for index in 1...2 {
            try log.append(step(2 * index - 1, epoch: index))
            try log.append(step(2 * index, epoch: index))
            try log.append(epoch(epochRecord(index), step: 2 * index))
        }
    }

    @Test func `writes a line a step and a line an epoch`() throws {
        try withTemporaryFolder { folder in
            let log = try MetricsLog(newInFolder: "\(folder)/runs/a")
            try log.append(step(100, epoch: 1))
            var validated = epochRecord(1, loss: .infinity)
            validated.validation = Metrics(loss: .nan, accuracy: 0.125)
            validated.averageValidation = Metrics(loss: 0.25, accuracy: 0.75)
            try log.append(epoch(validated, step: 1_688))
            #expect(
                try text(of: "\(folder)/runs/a/metrics.jsonl") == """
                    {"accuracy":1,"epoch":1,"formatVersion":2,"kind":"step","learningRate":1e-07,\
                    "loss":0.125,"running_accuracy":0.5,"running_loss":0.5,"samplesPerSecond":4000,\
                    "step":100,"time":1764000000.25}
                    {"accuracy":0.5,"ema_val_accuracy":0.75,"ema_val_loss":0.25,"epoch":1,\
                    "formatVersion":2,"kind":"epoch","learningRate":1e-07,"loss":null,\
                    "samplesPerSecond":99.5,"seconds":2,"step":1688,\
                    "time":1764000000.25,"val_accuracy":0.125,"val_loss":null,"weightNorm":5}

                    """
            )
            #expect(
                try text(of: "\(folder)/runs/a/metrics.csv") == """
                    kind,epoch,step,time,loss,accuracy,running_loss,running_accuracy,val_loss,\
                    val_accuracy,ema_val_loss,ema_val_accuracy,samplesPerSecond,learningRate,\
                    seconds,weightNorm,gradientNorm,formatVersion
                    step,1,100,1764000000.25,0.125,1,0.5,0.5,,,,,4000,1e-07,,,,2
                    epoch,1,1688,1764000000.25,nan,0.5,,,nan,0.125,0.25,0.75,99.5,1e-07,2,5,,2

                    """
            )
        }
    }

    @Test func `cuts off what lies beyond the step that a run resumes at`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/metrics.jsonl"
            try writeLog(in: folder)
            let whole = try text(of: path).split(separator: "\n")
            for (resumed, kept) in [(9, 6), (4, 6), (3, 4), (2, 3), (0, 0)] {
                _ = try MetricsLog(folder: folder, resumingAtStep: resumed)
                let lines = try text(of: path).split(separator: "\n")
                #expect(lines == Array(whole.prefix(kept)))
                let rows = try text(of: "\(folder)/metrics.csv").split(separator: "\n")
                #expect(rows.dropFirst().map { $0.split(separator: ",")[2] } == lines.map(stepText))
            }
            let log = try MetricsLog(folder: folder, resumingAtStep: 0)
            try log.append(step(1, epoch: 1))
            #expect(try text(of: path) == "\(whole[0])\n")
            #expect(try text(of: "\(folder)/metrics.csv").split(separator: "\n").count == 2)
            #expect(try MetricsLog.lines(inFolder: folder) == [step(1, epoch: 1)])
        }
    }

    private func stepText(of line: Substring) -> Substring {
        let start = line.range(of: "\"step\":", options: .backwards)?.upperBound ?? line.startIndex
        return line[start...].prefix { $0.isNumber }
    }

    @Test func `goes on with a log of the version before`() throws {
        try withTemporaryFolder { folder in
            let old = """
                {"accuracy":0.5,"epoch":1,"kind":"step","loss":0.5,"samplesPerSecond":9,"step":1,"time":1}
                {"accuracy":0.5,"epoch":1,"kind":"epoch","loss":1,"samplesPerSecond":9,"seconds":2,\
                "step":2,"time":2,"validationAccuracy":0.25,"validationLoss":null}

                """
            try old.write(
                toFile: "\(folder)/metrics.jsonl",
                atomically: false,
                encoding: .utf8
            )
            _ = try MetricsLog(folder: folder, resumingAtStep: 2)
            #expect(try text(of: "\(folder)/metrics.jsonl") == old)
            let lines = try MetricsLog.lines(inFolder: folder)
            try #require(lines.count == 2)
            #expect(lines[0][.runningLoss] == 0.5)
            #expect(lines[1][.validationAccuracy] == 0.25)
            #expect(lines[1][.validationLoss]?.isNaN == true)
        }
    }

    @Test func `tolerates a torn last line at every length`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/metrics.jsonl"
            try writeLog(in: folder)
            let whole = Data(try text(of: path).utf8)
            let lineEnds = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
            for size in 0...whole.count {
                try whole.prefix(size).write(to: URL(fileURLWithPath: path))
                _ = try MetricsLog(folder: folder, resumingAtStep: 4)
                let kept = lineEnds.last { $0 <= size } ?? 0
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole.prefix(kept))
            }
        }
    }

    @Test func `reads no more than a run of that many steps can have written`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/metrics.jsonl"
            try writeLog(in: folder)
            let whole = try text(of: path)
            // The same lines again are of steps that have passed.
            try (whole + whole).write(toFile: path, atomically: false, encoding: .utf8)
            _ = try MetricsLog(folder: folder, resumingAtStep: 4)
            #expect(try text(of: path) == whole)
            // The last epoch's line may come once more, and not without end.
            let last = String(try #require(whole.split(separator: "\n").last)) + "\n"
            let repeated = whole + String(repeating: last, count: 1_000)
            try repeated.write(toFile: path, atomically: false, encoding: .utf8)
            _ = try MetricsLog(folder: folder, resumingAtStep: 4)
            #expect(try text(of: path).split(separator: "\n").count == 20)
            // A hole of a terabyte is no line.
            try whole.write(toFile: path, atomically: false, encoding: .utf8)
            try #require(truncate(path, 1 << 40) == 0)
            _ = try MetricsLog(folder: folder, resumingAtStep: 4)
            #expect(try text(of: path) == whole)
        }
    }

    @Test func `cuts off a line that lacks what its kind has`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/metrics.jsonl"
            try writeLog(in: folder)
            let whole = try text(of: path)
            let lines = whole.split(separator: "\n").map { "\($0)\n" }
            for (place, kind, other) in [(1, "step", "epoch"), (2, "epoch", "step")] {
                var changed = lines
                changed[place].replace("\"\(kind)\",", with: "\"\(other)\",")
                try changed.joined().write(toFile: path, atomically: false, encoding: .utf8)
                _ = try MetricsLog(folder: folder, resumingAtStep: 4)
                #expect(try text(of: path) == lines.prefix(place).joined(), "\(kind)")
            }
        }
    }

    @Test func `takes no line of more steps than there can be`() {
        let line = step(1 << 40, epoch: 1).json
        #expect(MetricsLine(parsing: ArraySlice(line.utf8)) != nil)
        let beyond = line.replacing("\(1 << 40)", with: "9223372036854775807")
        #expect(MetricsLine(parsing: ArraySlice(beyond.utf8)) == nil)
    }

    @Test func `begins where a resumed run has none and refuses where a new one has`() throws {
        try withTemporaryFolder { folder in
            _ = try MetricsLog(folder: folder, resumingAtStep: 7)
            let path = "\(folder)/metrics.jsonl"
            #expect(throws: ReportError.alreadyThere(file: path)) {
                try MetricsLog(newInFolder: folder)
            }
        }
    }

    @Test func `says why it cannot be written`() throws {
        try withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
            #expect {
                try MetricsLog(newInFolder: "\(folder)/file")
            } throws: { error in
                "\(error)" == "\(folder)/file/metrics.jsonl: cannot be written (Not a directory) "
                    + "where a writable folder with room was expected; check its permissions and "
                    + "the disk, or choose another --run-dir"
            }
        }
    }
}
