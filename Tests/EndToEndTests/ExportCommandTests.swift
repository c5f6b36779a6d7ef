import Foundation
import TestTools
import Testing

/// What `export` takes, leaves and refuses.
@Suite(.serialized) struct ExportCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(trainingCount: 160, testCount: 20, into: url("data"))
        let options = ["--dataset", "data", "--epochs", "1", "--run-dir", "R"]
        let result = try Program.run(["train"] + options, in: folder.url)
        try #require(result.status == 0, "\(result.errors)")
    }

    private func url(_ name: String) -> URL { folder.url.appending(path: name) }

    private func export(_ arguments: String...) throws -> Program.Result {
        try Program.run(["export"] + arguments, in: folder.url)
    }

    @Test func `writes the same file from a run, its model and its checkpoint`() throws {
        let first = try export("R", "--to", "a.onnx")
        #expect(first.status == 0 && first.output == "a.onnx\n", "\(first.errors)")
        #expect(try export("R/model.safetensors", "--to", "b.onnx").status == 0)
        let bytes = try Data(contentsOf: url("a.onnx"))
        #expect(try Data(contentsOf: url("b.onnx")) == bytes)
        #expect(try export("R", "--to", "c.onnx", "--batch", "1").status == 0)
        #expect(try Data(contentsOf: url("c.onnx")) != bytes)
        try FileManager.default.removeItem(at: url("R/model.safetensors"))
        let early = try export("R", "--to", "d.onnx")
        #expect(early.status == 0 && early.errors.contains("has no model yet"), "\(early.errors)")
    }

    @Test func `brings images in as the run did, or as it is told`() throws {
        let options = ["--dataset", "data", "--epochs", "1", "--run-dir", "Z", "--input", "resize"]
        try #require(try Program.run(["train"] + options, in: folder.url).status == 0)
        #expect(try export("Z", "--to", "z.onnx").status == 0)
        #expect(try export("Z", "--to", "padded.onnx", "--input", "pad").status == 0)
        let operation = Data("Resize".utf8)
        #expect(try Data(contentsOf: url("z.onnx")).range(of: operation) != nil)
        #expect(try Data(contentsOf: url("padded.onnx")).range(of: operation) == nil)
    }

    @Test func `tells of a mistake in one sentence, and writes nothing`() throws {
        try Data("mine".utf8).write(to: url("mine.onnx"))
        try FileManager.default.createDirectory(
            at: url("folder.onnx"),
            withIntermediateDirectories: true
        )
        let cases: [(arguments: [String], status: Int32, sentence: String)] = [
            (["--to", "a.onnx"], 2, "lockstep export expected <model>"),
            (["R"], 2, "lockstep export expected --to <file>"),
            (["R", "--to", "a.txt"], 2, "ends in .txt where .onnx was expected"),
            (["R", "--to", "a"], 2, "has no ending where .onnx was expected"),
            (["R", "--to", "a.onnx", "--batch", "0"], 2, "1 to 65,536 was expected"),
            (["gone", "--to", "a.onnx"], 1, "gone: \"No such file or directory\""),
            (["data", "--to", "a.onnx"], 1, "data: a folder without a run was found"),
            (["R/config.yaml", "--to", "a.onnx"], 1, "is this a complete safetensors file?"),
            (["R", "--to", "gone/a.onnx"], 1, "gone/a.onnx: writing failed with \"No such file"),
            (["R", "--to", "mine.onnx"], 1, "add --force to replace it"),
            (["R", "--to", "folder.onnx", "--force"], 1, "a folder or device was found"),
        ]
        for (arguments, status, sentence) in cases {
            let result = try Program.run(["export"] + arguments, in: folder.url)
            #expect(result.status == status, "\(arguments)")
            #expect(result.errors.contains(sentence), "\(arguments): \(result.errors)")
            #expect(result.output.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: url("a.onnx").path))
        #expect(try Data(contentsOf: url("mine.onnx")) == Data("mine".utf8))
        #expect(try export("R", "--to", "mine.onnx", "--force").status == 0)
        #expect(try Data(contentsOf: url("mine.onnx")).count > 200_000)
    }

    @Test func `leaves a card in the model that two runs of other workers share`() throws {
        let options = ["--dataset", "data", "--epochs", "1", "--run-dir", "S", "--workers", "1"]
        #expect(try Program.run(["train"] + options, in: folder.url).status == 0)
        let model = try Data(contentsOf: url("R/model.safetensors"))
        #expect(try Data(contentsOf: url("S/model.safetensors")) == model)
        let size = model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: model[8..<8 + size])
        let card = try #require(
            (header as? [String: Any])?["__metadata__"] as? [String: String]
        )
        #expect(card["version"] == "0.1.0")
        #expect(card["commit"]?.isEmpty == false)
        #expect(card["steps"] == "5" && card["epochs"] == "1")
        #expect(card["dataset"] == "data")
        let evaluated = try Program.run(["evaluate", "R", "--format", "json"], in: folder.url)
        let record = try JSONDecoder().decode(
            [String: Figure].self,
            from: Data(evaluated.output.utf8)
        )
        #expect(card["test_accuracy"].flatMap(Double.init) == record["accuracy"]?.value)
        #expect(card["test_loss"].flatMap(Double.init) == record["loss"]?.value)
        let settings = try JSONDecoder().decode(
            [String: String].self,
            from: Data((card["settings"] ?? "").utf8)
        )
        #expect(settings["batchSize"] == "32" && settings["seed"] == "1")
    }

    /// A number, or nothing where there is something else.
    private struct Figure: Decodable {
        let value: Double?

        init(from decoder: any Decoder) throws {
            value = try? decoder.singleValueContainer().decode(Double.self)
        }
    }
}
