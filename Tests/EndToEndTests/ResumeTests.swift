import Foundation
import TestTools
import Testing

/// Runs that end early, in good order or not, and go on to the same model.
@Suite(.serialized) struct ResumeTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 100, into: dataset)
    }

    private func train(_ arguments: String...) throws -> Program {
        try Program(["train", "--dataset", dataset.path] + arguments, in: folder.url)
    }

    private func digest(of program: Program) throws -> String {
        let result = program.wait()
        try #require(result.status == 0, "\(result.errors)")
        return try #require(result.digest, "\(result.output)")
    }

    private func checkpoints(_ run: String) -> [String] {
        let path = folder.url.appending(path: "\(run)/checkpoints").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    @Test func `goes on for more epochs as if it had never stopped`() throws {
        let whole = try digest(of: train("--epochs", "4", "--workers", "2"))
        _ = try digest(of: train("--epochs", "2", "--run-dir", "R", "--workers", "2"))
        let resumed = try digest(
            of: train("--epochs", "4", "--run-dir", "R", "--resume", "--workers", "1")
        )
        #expect(resumed == whole)
        let data = try Data(contentsOf: folder.url.appending(path: "R/summary.json"))
        let summary = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        #expect((summary?["epochs"] as? [Any])?.count == 4)
    }

    @Test func `loses nothing when every process is killed in the middle of an epoch`() throws {
        let whole = try digest(of: train("--epochs", "60", "--workers", "2"))
        let killed = try train(
            "--epochs",
            "60",
            "--run-dir",
            "K",
            "--workers",
            "2",
            "--checkpoint-every",
            "7"
        )
        #expect(
            eventually { checkpoints("K").contains { $0 > "step-00000100" } },
            "\(killed.errors)"
        )
        killed.signalGroup(SIGKILL)
        #expect(killed.wait().status == -SIGKILL)
        let resumed = try train("--epochs", "60", "--run-dir", "K", "--resume", "--workers", "3")
        #expect(try digest(of: resumed) == whole)
    }

    @Test func `gives the shards of a killed worker to the others`() throws {
        let whole = try digest(of: train("--epochs", "60", "--workers", "1"))
        let program = try train(
            "--epochs",
            "60",
            "--run-dir",
            "W",
            "--workers",
            "3",
            "--checkpoint-every",
            "7"
        )
        #expect(eventually { checkpoints("W").contains { $0 > "step-00000100" } })
        let worker = try #require(
            processes(with: ["worker", "--exit-on-stdin-eof"], in: folder.url).first
        )
        kill(worker, SIGKILL)
        let result = program.wait()
        #expect(result.digest == whole, "\(result.errors)")
        #expect(result.errors.contains("is lost"), "\(result.errors)")
    }

    @Test func `starts killed workers again, and ends when they die again and again`() throws {
        let words = ["worker", "--exit-on-stdin-eof"]
        let program = try train("--epochs", "100000", "--run-dir", "A", "--workers", "2")
        #expect(eventually { checkpoints("A").count > 1 })
        var killed: Set<Int32> = []
        let isOver = eventually(within: .seconds(90)) {
            for worker in processes(with: words, in: folder.url)
            where killed.insert(worker).inserted {
                kill(worker, SIGKILL)
            }
            return !program.isRunning
        }
        #expect(isOver)
        let result = program.wait()
        #expect(result.status == 1)
        // The first to be given up ends the run, for it waits for both.
        #expect((5...10).contains(killed.count), "\(killed)")
        #expect(result.errors.contains("starting another"), "\(result.errors)")
        #expect(result.errors.contains("again and again"), "\(result.errors)")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `ends in good order when asked to, and goes on`(signal: Int32) throws {
        let whole = try digest(of: train("--epochs", "60", "--workers", "1"))
        let stopped = try train("--epochs", "60", "--run-dir", "S", "--workers", "2")
        #expect(eventually { checkpoints("S").count > 1 })
        stopped.signal(signal)
        let result = stopped.wait()
        #expect(result.status == 128 + signal, "\(result.errors)")
        #expect(result.errors.contains("--resume"), "\(result.errors)")
        #expect(
            eventually {
                processes(with: ["worker", "--exit-on-stdin-eof"], in: folder.url).isEmpty
            }
        )
        #expect(checkpoints("S").allSatisfy { $0.hasSuffix(".safetensors") })
        let resumed = try train("--epochs", "60", "--run-dir", "S", "--resume", "--workers", "1")
        #expect(try digest(of: resumed) == whole)
    }

    @Test func `leaves no worker behind when the coordinator vanishes`() throws {
        let program = try train("--epochs", "5000", "--run-dir", "V", "--workers", "2")
        let words = ["worker", "--exit-on-stdin-eof"]
        #expect(
            eventually {
                checkpoints("V").count > 1 && processes(with: words, in: folder.url).count == 2
            }
        )
        program.signal(SIGKILL)
        #expect(program.wait().status == -SIGKILL)
        #expect(eventually { processes(with: words, in: folder.url).isEmpty })
    }

    @Test func `refuses a folder of another configuration and names the key`() throws {
        _ = try digest(of: train("--epochs", "1", "--run-dir", "C", "--workers", "1"))
        let result = try train(
            "--epochs",
            "2",
            "--run-dir",
            "C",
            "--resume",
            "--learning-rate",
            "0.01"
        ).wait()
        #expect(result.status == 1)
        #expect(result.errors.contains("learningRate"), "\(result.errors)")
    }

    @Test func `goes on from the checkpoint before when the newest is damaged`() throws {
        let whole = try digest(of: train("--epochs", "3", "--workers", "1"))
        _ = try digest(of: train("--epochs", "2", "--run-dir", "D", "--workers", "1"))
        let newest = try #require(checkpoints("D").last)
        let url = folder.url.appending(path: "D/checkpoints/\(newest)")
        try Data(contentsOf: url).dropLast(5_000).write(to: url)
        let resumed = try train("--epochs", "3", "--run-dir", "D", "--resume", "--workers", "1")
        let result = resumed.wait()
        #expect(result.digest == whole)
        #expect(result.errors.contains(newest), "\(result.errors)")
    }
}
