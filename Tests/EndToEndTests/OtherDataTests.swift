import Foundation
import MNIST
import TestTools
import Testing

/// Data sets of other classes than ten digits, with real processes.
@Suite(.serialized) struct OtherDataTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let path = folder.url.appending(path: "letters")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        let mnist = try MNISTDataset.load(directory: nil)
        for (name, images, count) in [
            ("train", mnist.training, 520), ("test", mnist.test, 104),
        ] {
            let pixels = (0..<count).flatMap { images.image(at: $0) }
            let labels = (0..<count).map { UInt8($0 % 26 + 1) }
            try Data(IDXWriting.images(pixels)).write(
                to: path.appending(path: "emnist-letters-\(name)-images-idx3-ubyte")
            )
            try Data(IDXWriting.labels(labels)).write(
                to: path.appending(path: "emnist-letters-\(name)-labels-idx1-ubyte")
            )
        }
        let mapping = (1...26).map { "\($0) \(64 + $0) \(96 + $0)\n" }.joined()
        try Data(mapping.utf8).write(to: path.appending(path: "emnist-letters-mapping.txt"))
    }

    private func run(_ line: String) throws -> String {
        let result = try Program.run(
            line.split(separator: " ").map(String.init),
            in: folder.url
        )
        try #require(result.status == 0, "\(line): \(result.errors)")
        #expect(!result.errors.contains("dropped"), "\(result.errors)")
        return result.output
    }

    @Test func `trains on 26 letters to the same model with any workers and way of carriage`()
        throws
    {
        let start = "train -d letters --transpose -e 2 --run-dir"
        let expected = try run("\(start) one --workers 1")
        #expect(expected.contains("63,066 parameters"), "\(expected)")
        let digest = try run("digest one")
        for options in ["two --workers 2", "three --workers 3 --no-shared-memory"] {
            _ = try run("\(start) \(options)")
            let name = options.split(separator: " ")[0]
            #expect(try run("digest \(name)") == digest, "\(options)")
        }
        #expect(try run("summary one").contains("(26)"))
        #expect(try run("evaluate one").contains("\n    Z "))
        #expect(try run("predict one --test-index 25").contains("label Z"))
    }

    @Test func `says what a folder holds`() throws {
        let text = try run("data verify letters")
        #expect(text.contains("\n    A        20     4\n"), "\(text)")
        #expect(text.contains("\n  all       520   104\n"), "\(text)")
        #expect(text.contains("0 of the test images are among the training images"), "\(text)")
    }

    @Test func `starts from a model of other classes only with another last layer`() throws {
        _ = try run("train -d letters -e 1 --run-dir one")
        let line = "train -d letters --class-names a,b --initial-model one/model.safetensors"
        let refused = try Program.run(
            line.split(separator: " ").map(String.init),
            in: folder.url
        )
        #expect(refused.status != 0)
        #expect(refused.errors.contains("where 0 to 1 was expected"), "\(refused.errors)")
        let more =
            "train -d letters --classes 30 --run-dir two -e 1 --initial-model one/model.safetensors"
        let second = try Program.run(
            more.split(separator: " ").map(String.init),
            in: folder.url
        )
        #expect(second.status == 2)
        #expect(second.errors.contains("add --reset fc3"), "\(second.errors)")
        _ = try run(more + " --reset fc3")
    }
}
