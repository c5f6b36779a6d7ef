import Figures
import Foundation
import TestTools
import Testing

@testable import Reporting

@Suite struct MetricsLogTests {
    private let time = Date(timeIntervalSince1970: 1_764_000_000.25)

    private func step(_ step: Int, epoch index: Int) -> StepRecord {
        var soFar = epoch(index, loss: 0.5)
        (soFar.training.accuracy, soFar.throughputSamplesPerSecond) = (0.75, 4_000)
        return StepRecord(
            epoch: soFar,
            completedStepCount: step,
            completedInEpochCount: 1,
            elapsedStepCount: 1
        )
    }

    private func epoch(_ epoch: Int, loss: Double = 0.25) -> EpochRecord {
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
            try log.append(step(2 * index - 1, epoch: index), at: time)
            try log.append(step(2 * index, epoch: index), at: time)
            try log.append(epoch(index), step: 2 * index, at: time)
        }
    }

    @Test func `writes a line a step and a line an epoch`() throws {
        try withTemporaryFolder { folder in
            let log = try MetricsLog(newInFolder: "\(folder)/runs/a")
            try log.append(step(100, epoch: 1), at: time)
            var validated = epoch(1, loss: .infinity)
            validated.validation = Metrics(loss: .nan, accuracy: 0.125)
            try log.append(validated, step: 1_688, at: time)
            #expect(
                try text(of: "\(folder)/runs/a/metrics.jsonl") == """
                    {"accuracy":0.75,"epoch":1,"kind":"step","loss":0.5,"samplesPerSecond":4000,\
                    "step":100,"time":1764000000.25}
                    {"accuracy":0.5,"epoch":1,"kind":"epoch","loss":null,"samplesPerSecond":99.5,\
                    "seconds":2,"step":1688,"time":1764000000.25,"validationAccuracy":0.125,\
                    "validationLoss":null}

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
            }
            let log = try MetricsLog(folder: folder, resumingAtStep: 0)
            try log.append(step(1, epoch: 1), at: time)
            #expect(try text(of: path) == "\(whole[0])\n")
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
