import Foundation
import MNIST
import TestTools
import Testing

/// What the commands print when all is well.
@Suite(.serialized) struct CommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 320,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    private func run(
        _ arguments: String...,
        environment: [String: String] = [:]
    ) throws -> Program.Result {
        let result = try Program.run(arguments, in: folder.url, environment: environment)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result
    }

    @Test func `shows the same model through every command`() throws {
        let trained = try run("train", "--dataset", "data", "--epochs", "2", "--run-dir", "R")
        #expect(trained.errors.isEmpty, "a run that goes well says nothing beside its results")
        let model = "R/model.safetensors"
        #expect(trained.output.contains("model  \(model)\n"))

        let digest = try #require(trained.digest)
        #expect(digest.count == 64)
        #expect(try run("digest", model).output == digest + "\n")

        let evaluated = try run("evaluate", model, "--dataset", "data").output
        #expect(evaluated.hasPrefix("test loss "))
        let first = evaluated.prefix { $0 != "\n" } + "\n"
        #expect(trained.output.contains("\n" + first), "\(evaluated)")
        let found = try run("evaluate", model, environment: ["LOCKSTEP_DATASET": "data"])
        #expect(found.output == evaluated)

        for arguments in [[], [model], ["R/checkpoints/step-00000018.safetensors"]] {
            let table = try Program.run(["summary"] + arguments, in: folder.url)
            #expect(table.status == 0, "\(table.errors)")
            #expect(table.output.contains("Total params: 61,706"), "\(table.output)")
            #expect(table.output.contains("│  48,120 │"), "\(table.output)")
        }
    }

    @Test func `sees the same in a picture as in the test image that it shows`() throws {
        _ = try run("train", "--dataset", "data", "--epochs", "2", "--run-dir", "R")
        let test = try MNISTDataset.load(directory: folder.url.appending(path: "data").path).test
        for index in 0..<3 {
            try GrayPNG.encode(test.image(at: index))
                .write(to: folder.url.appending(path: "\(index).png"))
        }
        let lines = try run(
            "predict",
            "R/model.safetensors",
            "0.png",
            "1.png",
            "2.png",
            "--test-index",
            "0",
            "1",
            "2",
            "--dataset",
            "data"
        ).output.split(separator: "\n").filter { $0.contains("(0: ") }
            .map { $0.split(separator: ": ", maxSplits: 1) }
        try #require(lines.count == 6 && lines.allSatisfy { $0.count == 2 }, "\(lines)")
        for index in 0..<3 {
            let (picture, image) = (lines[index], lines[index + 3])
            #expect(picture[0] == "\(index).png")
            #expect(image[0] == "test image \(index), label \(test.label(at: index))")
            #expect(picture[1] == image[1])
        }
        try checkProbabilities(of: String(lines[0][1]))
    }

    /// `7  (0: 0.0000, 1: 0.0001, …)`: ten that make one, before them the likeliest's number if it
    /// is likely.
    private func checkProbabilities(of text: String) throws {
        let parts = text.split(separator: "  (")
        try #require(parts.count == 2, "\(text)")
        let words = parts[1].split { " (),:".contains($0) }.compactMap { Double($0) }
        try #require(words.count == 20, "\(text)")
        let probabilities = (0..<10).map { words[1 + 2 * $0] }
        #expect(abs(probabilities.reduce(0, +) - 1) < 0.001)
        let greatest = probabilities.max() ?? 0
        let likeliest = Int(parts[0]).map { probabilities[$0] }
        #expect(likeliest == (greatest >= 0.5 ? greatest : nil), "\(text)")
    }

    @Test func `takes a flag before a variable before the file`() throws {
        try Data("dataset: data\nepochs: 3\nseed: 3\nbatchSize: 48\n".utf8)
            .write(to: folder.url.appending(path: "settings.yaml"))
        let environment = [
            "LOCKSTEP_CONFIG": "settings.yaml", "LOCKSTEP_EPOCHS": "2", "LOCKSTEP_SEED": "2",
            "LOCKSTEP_RUN_DIR": "V",
        ]
        let result = try run("train", "--epochs", "1", environment: environment)
        #expect(result.output.contains("epoch 1/1: 6 steps"), "\(result.output)")
        let written = try String(
            contentsOf: folder.url.appending(path: "V/config.yaml"),
            encoding: .utf8
        )
        for line in ["epochs: 1", "seed: 2", "batchSize: 48", "/data"] {
            #expect(written.contains(line + "\n"), "\(written)")
        }
    }

    @Test(arguments: [
        ("", ["train", "coordinator", "worker", "evaluate", "predict", "summary", "digest"]),
        ("train", ["LOCKSTEP_BATCH_SIZE", "--config", "default: LOCKSTEP_RUN_DIR"]),
        ("train", ["default: 32 samples", "default: 5 epochs", "default: 500 steps"]),
        ("train", ["0.1 of the training images", "from 1 to 65,536", "default: auto;"]),
        ("coordinator", ["tcp://127.0.0.1:5555", "default: 32 samples", "Training starts once"]),
        ("worker", ["in seconds (default: 600)", "--connect <address>"]),
        ("evaluate", ["default: as the model was trained", "default: LOCKSTEP_DATASET"]),
        ("predict", ["PNG, JPEG, WebP", "28×28", "number from 0", "IDX files"]),
        ("export", ["[N, 1, 28, 28]", "--batch <images>", "which ends in .onnx"]),
        ("runs", ["training", "--format <form>", "(default: runs)"]),
        ("report", ["--to <file>", "also while they go on", "newest valid checkpoint"]),
        ("summary", ["(.safetensors)"]),
        ("digest", ["61,706", "SHA-256"]),
    ])
    func `helps within 80 columns`(command: String, fragments: [String]) throws {
        let arguments = command.isEmpty ? ["--help"] : [command, "--help"]
        let result = try Program.run(arguments, in: folder.url, environment: ["COLUMNS": "80"])
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        let text = lines.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        for fragment in fragments { #expect(text.contains(fragment), "\(fragment): \(text)") }
        #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE:") }, "\(result.output)")
    }
}
