import Foundation
import TestTools
import Testing

/// What a run leaves for people and programs to read.
@Suite(.serialized) struct FigureFilesTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 320,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    private func train(_ arguments: String...) throws {
        let options = ["--dataset", "data", "--run-dir", "R", "--log-every", "1"]
        let result = try Program.run(["train"] + options + arguments, in: folder.url)
        try #require(result.status == 0, "\(result.errors)")
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: "R/\(name)"), encoding: .utf8)
    }

    private struct Line: Decodable {
        var kind: String
        var step: Int
        var epoch: Int
        var loss: Double
        var accuracy: Double
        var running_loss: Double?
        var running_accuracy: Double?
        var val_loss: Double?
        var weightNorm: Double?
        var gradientNorm: Double?
        var learningRate: Double
        var samplesPerSecond: Double
        var formatVersion: Int
    }

    private func lines() throws -> [Line] {
        try text("metrics.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    @Test func `has the same figures in every file, over two starts`() throws {
        try train("--epochs", "2", "--learning-rate", "0.002")
        try train("--epochs", "3", "--resume")
        let lines = try lines()
        // 288 images to train on, in batches of 32.
        let steps = lines.filter { $0.kind == "step" }
        let epochs = lines.filter { $0.kind == "epoch" }
        #expect(steps.map(\.step) == Array(1...27))
        #expect(epochs.map(\.epoch) == [1, 2, 3] && epochs.map(\.step) == [9, 18, 27])
        #expect(lines.allSatisfy { $0.learningRate == 0.002 && $0.samplesPerSecond > 0 })
        for epoch in epochs {
            let own = steps.filter { $0.epoch == epoch.epoch }
            for (index, line) in own.enumerated() {
                let mean = own[...index].map(\.loss).reduce(0, +) / Double(index + 1)
                #expect(abs((line.running_loss ?? 0) - mean) < 1e-9)
            }
            #expect(own.last?.running_loss == epoch.loss)
            #expect(own.last?.running_accuracy == epoch.accuracy)
            #expect(epoch.gradientNorm.map { $0 > 0 } == true)
        }
        let table = try text("metrics.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(table.count == lines.count + 1)
        let place = try #require(table[0].firstIndex(of: "val_loss"))
        #expect(table.dropFirst().map { Double($0[place]) } == lines.map(\.val_loss))
    }

    @Test func `tells what was run, and what happened`() throws {
        try train("--epochs", "1", "--workers", "1")
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(text("summary.json").utf8))
                as? [String: Any]
        )
        let settings = try #require(summary["settings"] as? [String: Any])
        #expect(settings["logEvery"] as? Int == 1 && settings["input"] as? String == "pad")
        #expect(settings.count == 39)
        #expect(summary["formatVersion"] as? Int == 2)
        for key in ["version", "commit", "kernels", "host", "startTime"] {
            #expect((summary[key] as? String)?.isEmpty == false, "\(key)")
        }
        let epoch = try #require((summary["epochs"] as? [[String: Any]])?.first)
        #expect(epoch["val_loss"] as? Double == (try lines().last?.val_loss))
        try train("--epochs", "2", "--workers", "1", "--resume")
        let history = try text("history.jsonl").split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
        let kinds = history.compactMap { $0["kind"] as? String }
        let start = ["start", "workerJoined", "epoch"]
        // A worker that is not welcomed within 250 ms says hello again, and joins again.
        let told = kinds.filter(start.contains).reduce(into: [String]()) { told, kind in
            if told.last != kind { told.append(kind) }
        }
        #expect(told == start + start)
        #expect(kinds.filter { $0 == "end" }.count == 2)
        // 18 shards to train on and 2 to validate; those of the test come behind the last epoch.
        let shards = history.filter { $0["kind"] as? String == "epoch" }
            .compactMap { ($0["shards"] as? [String: Int])?.values.reduce(0, +) }
        #expect(shards == [20, 20])
    }

    @Test func `measures the parameters that it leaves`() throws {
        try train("--epochs", "1")
        let model = try Data(contentsOf: folder.url.appending(path: "R/model.safetensors"))
        let size = model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let squares = model.dropFirst(8 + size).withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).reduce(0.0) { sum, offset in
                let number = bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
                return sum + Double(number) * Double(number)
            }
        }
        let norm = try #require(try lines().last?.weightNorm)
        #expect(abs(norm - squares.squareRoot()) < 1e-9)
    }

    @Test func `has its fields in the documentation`() throws {
        try train("--epochs", "1", "--ema-decay", "0.9", "--until-accuracy", "0")
        let article = try Document(path: "\(Document.catalogue)/RunFolder.md")
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(text("summary.json").utf8))
                as? [String: Any]
        )
        let epochs = try #require(summary["epochs"] as? [[String: Any]])
        let profile = try #require(summary["profile"] as? [String: Any])
        let workers = try #require(profile["workers"] as? [[String: Any]])
        let parts = [summary, epochs[0], profile, workers[0]]
        let history = try text("history.jsonl").split(separator: "\n").flatMap {
            (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?.keys
                .map { $0 } ?? []
        }
        let columns = try text("metrics.csv").split(separator: "\n")[0].split(separator: ",")
        let checkpoint = "checkpoints/step-00000009.safetensors"
        for (heading, fields) in [
            ("## Metrics", columns.map(String.init)), ("## Summary", parts.flatMap(\.keys)),
            ("## History", history), ("## Model", try header("model.safetensors")),
            ("## Checkpoint", try header(checkpoint)),
        ] {
            let section = article.section(heading).joined(separator: "\n")
            #expect(!fields.isEmpty)
            for field in Set(fields) { #expect(section.contains("`\(field)`"), "\(field)") }
        }
        let files = try FileManager.default
            .contentsOfDirectory(atPath: folder.url.appending(path: "R").path)
        let overview = article.section("## Overview").joined(separator: "\n")
        for file in files where !file.hasPrefix(".") && file != "checkpoints" {
            let name = file.hasPrefix("events.") ? "events.out.tfevents.*" : file
            #expect(overview.contains("`\(name)`"), "\(name)")
        }
    }

    /// The entries of a safetensors file's metadata, and its tensors; of a slot's the prefix alone.
    private func header(_ name: String) throws -> [String] {
        let file = try Data(contentsOf: folder.url.appending(path: "R/\(name)"))
        let size = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: file.dropFirst(8).prefix(size))
        let entries = try #require(header as? [String: Any])
        let metadata = try #require(entries["__metadata__"] as? [String: String])
        let tensors = entries.keys.filter { $0 != "__metadata__" }.map { name in
            let parts = name.split(separator: ".")
            return parts.count == 2 ? name : parts.dropLast(2).joined(separator: ".") + "."
        }
        let isModel = name.hasPrefix("model")
        return metadata.keys.map { $0 } + tensors.filter { isModel || $0.hasSuffix(".") }
    }
}
