import Foundation
import TestTools
import Testing

/// Disks that fail in the midst of a run: training goes on, and says so.
@Suite(.serialized) struct DiskTests {
    private let folder: TemporaryFolder
    private let dataset: URL

    init() throws {
        folder = try TemporaryFolder()
        dataset = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 900, testCount: 100, into: dataset)
    }

    private func settings(_ epochCount: Int) -> [String] {
        ["--dataset", dataset.path, "--epochs", "\(epochCount)", "--workers", "2"]
    }

    private func calmDigest(_ epochCount: Int) throws -> String {
        let calm = try Program.run(["train"] + settings(epochCount), in: folder.url)
        return try #require(calm.digest, "\(calm.errors)")
    }

    @Test func `trains on while checkpoints cannot be written, and writes the next ones`() throws {
        let expected = try calmDigest(200)
        let run = folder.url.appending(path: "R")
        let program = try Program(
            ["train", "--run-dir", "R", "--checkpoint-every", "5"] + settings(200),
            in: folder.url
        )
        let checkpoints = run.appending(path: "checkpoints")
        let aside = run.appending(path: "aside")
        #expect(eventually { names(in: checkpoints).count == 3 }, "\(program.errors)")
        // A file where the folder should be fails every system call of a save.
        try FileManager.default.moveItem(at: checkpoints, to: aside)
        try Data().write(to: checkpoints)
        #expect(eventually { program.errors.contains("training goes on") }, "\(program.errors)")
        // A save that was under way has ended in the folder that it had opened.
        let before = names(in: aside)
        #expect(before.count == 3)
        try FileManager.default.removeItem(at: checkpoints)
        try FileManager.default.moveItem(at: aside, to: checkpoints)
        #expect(eventually { names(in: checkpoints).max()! > before.max()! })
        let result = program.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.digest == expected)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small disk is root's"))
    func `trains on when the disk is full, and older checkpoints stay valid`() throws {
        let expected = try calmDigest(8)
        // Room for the figures, the model and three checkpoints of 741 kB, of which ten are to
        // stay.
        let script = """
            mkdir F && mount -t tmpfs -o size=2900k lockstep F && exec "$@"
            """
        let words = ["train", "--run-dir", "F/R", "--checkpoints-kept", "10"] + settings(8)
        let mounting = ["unshare", "--mount", "sh", "-c", script, "sh"]
        let result = try Program(words, in: folder.url, through: mounting).wait()
        // The model is there; what is lacking, and said, is the last checkpoint.
        #expect(result.status == 1)
        #expect(result.errors.contains("No space left on device"), "\(result.errors)")
        #expect(result.errors.contains("training goes on"), "\(result.errors)")
        #expect(result.digest == expected, "\(result.errors)")
    }

    private func names(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }.sorted()
    }
}
