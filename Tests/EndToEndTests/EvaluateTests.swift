import Foundation
import TestTools
import Testing

/// What `evaluate` takes and prints.
@Suite(.serialized) struct EvaluateTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 320, testCount: 40, into: data)
        let options = ["--dataset", "data", "--epochs", "2", "--run-dir", "R"]
        let result = try Program.run(["train"] + options, in: folder.url)
        try #require(result.status == 0, "\(result.errors)")
    }

    private func evaluate(_ arguments: String...) throws -> Program.Result {
        let result = try Program.run(["evaluate"] + arguments, in: folder.url)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result
    }

    private struct Record: Decodable {
        struct Class: Decodable {
            var label: Int
            var images: Int
            var right: Int
            var precision: Double?
            var recall: Double?
        }
        struct Misread: Decodable {
            var index: Int
            var label: Int
            var prediction: Int
            var probability: Double
            var pixels: [[UInt8]]
        }
        var model: String
        var images: Int
        var loss: Double
        var accuracy: Double
        var classes: [Class]
        var confusion: [[Int]]
        var worst: [Misread]
    }

    @Test func `counts each class, and finds what is wrong, in a run's folder`() throws {
        let output = try evaluate("R", "--format", "json", "--worst", "100").output
        let record = try JSONDecoder().decode(Record.self, from: Data(output.utf8))
        #expect(record.model == "R/model.safetensors")
        #expect(record.images == 40)
        let right = (0..<10).reduce(0) { $0 + record.confusion[$1][$1] }
        #expect(Double(right) / 40 == record.accuracy)
        #expect(record.confusion.joined().reduce(0, +) == 40)
        #expect(record.worst.count == 40 - right)
        for entry in record.classes {
            let row = record.confusion[entry.label]
            let column = record.confusion.map { $0[entry.label] }.reduce(0, +)
            #expect(entry.images == row.reduce(0, +))
            #expect(entry.right == row[entry.label])
            #expect(
                entry.recall
                    == (entry.images == 0 ? nil : Double(entry.right) / Double(entry.images))
            )
            #expect(entry.precision == (column == 0 ? nil : Double(entry.right) / Double(column)))
        }
        let probabilities = record.worst.map(\.probability)
        #expect(probabilities == probabilities.sorted(by: >))
        for misread in record.worst {
            #expect(misread.label != misread.prediction)
            #expect(record.confusion[misread.label][misread.prediction] > 0)
        }
        // The data set of the run's own configuration, and the figures in the first line.
        let text = try evaluate("R").output
        let named = try evaluate("R/model.safetensors", "--dataset", "data").output
        #expect(text == named)
        #expect(text.hasPrefix("test loss "))
        #expect(text.contains("\nclass  images  right  precision  recall\n"))
        #expect(
            text.contains("test image \(record.worst[0].index), label \(record.worst[0].label),")
        )
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `takes the newest checkpoint of a run that has no model yet, and says so`() throws {
        let whole = try evaluate("R").output
        try FileManager.default.removeItem(at: folder.url.appending(path: "R/model.safetensors"))
        let result = try evaluate("R")
        #expect(result.output == whole)
        #expect(result.errors.contains("R has no model yet; R/checkpoints/"), "\(result.errors)")
    }
}
