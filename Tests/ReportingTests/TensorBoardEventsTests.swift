import Foundation
import Testing

@testable import Reporting

/// A Python with the package `tensorboard`: LOCKSTEP_PEER_PYTHON, or the package's own
/// `.build-peers/venv`.
private enum PeerPython {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let path =
        ProcessInfo.processInfo.environment["LOCKSTEP_PEER_PYTHON"]
        ?? "\(root)/.build-peers/venv/bin/python3"
    static let isRequired = ProcessInfo.processInfo.environment["LOCKSTEP_REQUIRE_PEERS"] == "1"
    static let isThere = FileManager.default.isExecutableFile(atPath: path)

    /// Runs a script and gives what it printed.
    static func output(of script: String, _ argument: String) throws -> (String, Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-c", script, argument]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let printed = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: printed, as: UTF8.self), process.terminationStatus)
    }
}

@Suite struct TensorBoardEventsTests {
    private let time = Date(timeIntervalSince1970: 1_764_000_000)

    private func write(in folder: String, validates: Bool) throws {
        let events = try TensorBoardEvents(runFolder: folder, validates: validates, at: time)
        for index in 1...2 {
            let step = StepResult(
                step: 100 * index,
                epoch: index,
                loss: 0.5 / Double(index),
                accuracy: 0.25,
                samplesPerSecond: 1
            )
            try events.append(step, at: time)
            let epoch = EpochResult(
                epoch: index,
                loss: 2 / Double(index),
                accuracy: 0.5,
                validationLoss: validates ? 4 / Double(index) : nil,
                validationAccuracy: validates ? 0.75 : nil,
                seconds: 1,
                samplesPerSecond: 1
            )
            try events.append(epoch, at: time)
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

    private let script = """
        import sys
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        for part in ("train", "validation"):
            events = EventAccumulator(sys.argv[1] + "/" + part)
            events.Reload()
            for tag in sorted(events.Tags()["scalars"]):
                for point in events.Scalars(tag):
                    print(part, tag, point.step, point.value, point.wall_time)
        """

    @Test(
        .enabled(
            if: PeerPython.isThere || PeerPython.isRequired,
            "no Python with tensorboard: set LOCKSTEP_PEER_PYTHON or make .build-peers/venv"
        )
    )
    func `is read back by TensorBoard`() throws {
        try #require(PeerPython.isThere, "\(PeerPython.path) is required but not there")
        try withTemporaryFolder { folder in
            try write(in: folder, validates: true)
            let (printed, status) = try PeerPython.output(of: script, folder)
            #expect(status == 0)
            #expect(
                printed == """
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
