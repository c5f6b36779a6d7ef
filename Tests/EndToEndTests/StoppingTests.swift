import Foundation
import TestTools
import Testing

/// Runs that end before their last epoch, models that are kept on the way, and layers drawn anew.
@Suite(.serialized) struct StoppingTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 100, into: dataset)
    }

    private func train(_ line: String) throws -> Program {
        let words = line.split(separator: " ").map(String.init)
        return try Program(["train", "--dataset", dataset.path] + words, in: folder.url)
    }

    private func digest(of file: String) throws -> String {
        try Program.run(["digest", file], in: folder.url).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The epochs of a run's summary, and the epoch of one of its milestones.
    private func summary(_ run: String, _ milestone: String) throws -> (epochs: Int, epoch: Int?) {
        let data = try Data(contentsOf: folder.url.appending(path: "\(run)/summary.json"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any]
        )
        let epochs = try #require(object["epochs"] as? [Any])
        let found = object[milestone] as? [String: Any]
        return (epochs.count, found?["epoch"] as? Int)
    }

    @Test func `ends at the accuracy with the model that as many epochs give`() throws {
        let line = "--epochs 60 --until-accuracy 0.85 --run-dir"
        let result = try train("\(line) A --workers 2").wait()
        #expect(result.status == 0, "\(result.errors)")
        let (count, reached) = try summary("A", "untilAccuracy")
        #expect(reached == count && (2...59).contains(count), "\(count)")
        let whole = try train("--epochs \(count) --run-dir B --workers 1").wait()
        #expect(whole.digest == result.digest)
        // A resume of what is over is over.
        let again = try train("\(line) A --resume --workers 1").wait()
        #expect(again.digest == result.digest, "\(again.errors)")
        #expect(try summary("A", "untilAccuracy").epochs == count)
    }

    @Test func `ends where it would have ended had nobody killed it`() throws {
        let line = """
            --epochs 300 --learning-rate 0.003 --early-stopping 25 --checkpoint-every 5 --run-dir
            """
        let whole = try train("\(line) W --workers 1").wait()
        let (count, best) = try summary("W", "best")
        #expect(count < 300 && best == count - 25, "\(count), \(String(describing: best))")
        let killed = try train("\(line) K --workers 2")
        let checkpoints = folder.url.appending(path: "K/checkpoints").path
        let isUnderWay = eventually {
            let names = try? FileManager.default.contentsOfDirectory(atPath: checkpoints)
            return names?.contains { $0.hasPrefix("step-") && $0 > "step-00000060" } == true
        }
        #expect(isUnderWay, "\(killed.errors)")
        killed.signalGroup(SIGKILL)
        _ = killed.wait()
        let resumed = try train("\(line) K --resume --workers 3").wait()
        #expect(resumed.digest == whole.digest, "\(resumed.errors)")
        #expect(try digest(of: "K/best.safetensors") == digest(of: "W/best.safetensors"))
    }

    @Test func `keeps the model of the lowest validation loss`() throws {
        let line = "--epochs 60 --learning-rate 0.003 --workers 1 --run-dir"
        try #require(train("\(line) A").wait().status == 0)
        let best = try #require(try summary("A", "best").epoch)
        #expect(best < 60)
        let shorter = try train("--learning-rate 0.003 --epochs \(best) --run-dir B").wait()
        #expect(try digest(of: "A/best.safetensors") == shorter.digest)
        let evaluation = try Program.run(
            ["evaluate", "A/best.safetensors", "--dataset", dataset.path],
            in: folder.url
        )
        #expect(evaluation.status == 0, "\(evaluation.errors)")
    }

    @Test func `draws the layers anew that are to be reset`() throws {
        try #require(train("--epochs 2 --run-dir A --workers 1").wait().status == 0)
        let start = "--epochs 1 --workers 1 --initial-model A/model.safetensors"
        let runs = ["", "--reset fc3", "--reset fc2,fc3", "--reset conv1,conv2,fc1,fc2,fc3"]
        let digests = try runs.map { try train("\(start) \($0)").wait().digest }
        #expect(Set(digests).count == runs.count && !digests.contains(nil), "\(digests)")
        #expect(try train("--epochs 1 --workers 1").wait().digest == digests[3])
        for (line, fragment) in [
            ("--reset fc3", "no --initial-model was found"),
            ("--initial-model A/model.safetensors --reset fc4", "the layers are conv1, conv2"),
        ] {
            let result = try train("\(line) --run-dir never").wait()
            #expect(result.status == 2 && result.errors.contains(fragment), "\(result.errors)")
        }
    }
}
