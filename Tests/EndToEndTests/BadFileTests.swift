import Foundation
import TestTools
import Testing

/// Files that are not what they should be: data sets, models, pictures, and what is printed to.
@Suite(.serialized) struct BadFileTests {
    private let folder: TemporaryFolder
    private static let model = "R/model.safetensors"

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(trainingCount: 160, testCount: 20, into: url("data"))
    }

    private func url(_ name: String) -> URL { folder.url.appending(path: name) }

    /// Runs the program and checks that it complains in one line; arguments are separated by
    /// spaces.
    private func check(_ line: String, status: Int32 = 1, _ fragments: String...) throws {
        try check(line.split(separator: " ").map(String.init), status: status, fragments)
    }

    private func check(_ arguments: [String], status: Int32, _ fragments: [String]) throws {
        let result = try Program.run(arguments, in: folder.url)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        for fragment in fragments {
            #expect(result.errors.contains(fragment), "\(arguments): \(result.errors)")
        }
        let lineCount = result.errors.split(separator: "\n").count
        #expect(lineCount == 1, "\(arguments): \(result.errors)")
        #expect(result.output.isEmpty, "\(arguments): \(result.output)")
        #expect(!FileManager.default.fileExists(atPath: url("never").path), "\(arguments)")
    }

    private func train() throws {
        let result = try Program.run(
            ["train", "--dataset", "data", "--epochs", "1", "--run-dir", "R"],
            in: folder.url
        )
        try #require(result.status == 0, "\(result.errors)")
    }

    @Test func `names the file of a data set that is at fault`() throws {
        let (images, labels) = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
        let good = try Data(contentsOf: url("data/\(images)"))
        let goodLabels = try Data(contentsOf: url("data/\(labels)"))
        func checkTrain(_ fragments: String...) throws {
            let arguments = ["train", "--dataset", "data", "--run-dir", "never"]
            try check(arguments, status: 1, fragments)
        }
        for (contents, fragment) in [
            (good.dropLast(), "cut off after"), (good + [0], "go on after"), (Data(), "cut off"),
            (goodLabels, "magic 0x00000801 where 0x00000803"), (good.prefix(7) + [9], "cut off"),
        ] {
            try contents.write(to: url("data/\(images)"))
            try checkTrain("data/\(images): ", fragment)
        }
        try FileManager.default.removeItem(at: url("data/\(images)"))
        try checkTrain("data: \(images) is missing")
        try #require(mkfifo(url("data/\(images)").path, 0o600) == 0)
        try checkTrain("data/\(images): ", "a pipe")
        try FileManager.default.removeItem(at: url("data/\(images)"))
        try good.write(to: url("data/\(images)"))
        try (goodLabels.dropLast() + [10]).write(to: url("data/\(labels)"))
        try check(
            "train --dataset data --run-dir never --classes 10",
            "data/\(labels): label 10 at index 159"
        )
        try check("train --dataset nope --run-dir never", "nope: ")
    }

    @Test func `refuses a model that is damaged or another's, in every command`() throws {
        try train()
        let good = try Data(contentsOf: url(Self.model))
        let headerSize = good.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = String(decoding: good[8..<8 + headerSize], as: UTF8.self)
        func replacing(_ text: String, by other: String) -> Data {
            let changed = header.replacing(text, with: other, maxReplacements: 1)
            return good.prefix(8) + Data(changed.utf8) + good.dropFirst(8 + header.utf8.count)
        }
        let damages = [
            ("truncated", Data(good.dropLast(100)), "data section"),
            ("flipped", good.dropLast() + [(good.last ?? 0) ^ 1], "SHA-256"),
            ("shape", replacing("[6,1,5,5]", by: "[1,6,5,5]"), "shape [1, 6, 5, 5]"),
            ("type", replacing("F32", by: "F64"), "F64 where F32"), ("empty", Data(), "0 bytes"),
            ("text", Data("not a model".utf8), "header's size"),
        ]
        for (name, contents, fragment) in damages {
            try contents.write(to: url(name))
            try check("digest \(name)", "\(name): ", fragment)
        }
        for command in ["digest", "summary", "evaluate"] { try check("\(command) flipped", "SHA") }
        try check("predict flipped --test-index 0", "SHA")
        try check("train --run-dir never --initial-model flipped", "SHA")
        try check("digest nope", "nope: ", "No such file")
        try check("digest data", "data: a folder without a run")
        try check("digest /dev/zero", "/dev/zero: ")
    }

    @Test func `refuses a model with a number that is not finite, and names its tensor`() throws {
        try train()
        var model = try Data(contentsOf: url(Self.model))
        let headerSize = Int(model.prefix(2).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        // Without what stands beside the tensors, which would tell that the file was altered.
        var header = String(decoding: model[8..<8 + headerSize], as: UTF8.self)
        header = header.replacing(/"__metadata__":\{.*?\},/, with: "")
        let start = 4 * (50_692)
        for byte in 0..<4 { model[8 + headerSize + start + byte] = [0, 0, 0xC0, 0x7F][byte] }
        header += String(repeating: " ", count: headerSize - header.utf8.count)
        try (model.prefix(8) + Data(header.utf8) + model.dropFirst(8 + headerSize))
            .write(to: url("nan"))
        for command in [
            "evaluate nan --dataset data", "predict nan --dataset data --test-index 0",
            "train --dataset data --run-dir never --initial-model nan",
        ] {
            try check(command, "nan: fc2.weight holds NaN")
        }
    }

    @Test func `goes on after a picture that it cannot read, and fails at the end`() throws {
        try train()
        let pixels = (0..<784).map { UInt8($0 % 28 == 14 ? 255 : 0) }
        for name in ["a.png", "c.png"] { try GrayPNG.encode(pixels).write(to: url(name)) }
        try Data("....ftypheic".utf8).write(to: url("b.png"))
        let result = try Program.run(
            ["predict", Self.model, "a.png", "b.png", "nope.png", "c.png"],
            in: folder.url
        )
        #expect(result.status == 1)
        let heads = result.output.split(separator: "\n").filter { $0.contains("(0: ") }
        #expect(heads.map { $0.prefix(5) } == ["a.png", "c.png"], "\(result.output)")
        let complaints = result.errors.split(separator: "\n")
        #expect(complaints.count == 2, "\(result.errors)")
        #expect(result.errors.contains("b.png: a HEIF picture was found"), "\(result.errors)")
    }

    @Test func `refuses pictures that show nothing it can read`() throws {
        try train()
        let predict = "predict \(Self.model)"
        try check("\(predict) nope.png", "nope.png: ", "No such file")
        try check("\(predict) data", "data: no picture was found in this folder", "webp")
        try check("\(predict) /dev/null", "a pipe or a device")
        try #require(mkfifo(url("pipe").path, 0o600) == 0)
        try check("\(predict) pipe", "a pipe or a device")
        try Data("text".utf8).write(to: url("text"))
        try check("\(predict) text", "text: something else was found", "PNG, JPEG, WebP")
        try check("\(predict) -", "standard input: something else was found")
        let images = try Data(contentsOf: url("data/t10k-images-idx3-ubyte"))
        try images.dropLast().write(to: url("cut"))
        try check("\(predict) cut", "cut: cut off after")
        let picture = GrayPNG.encode([UInt8](repeating: 0, count: 784))
        try picture.prefix(picture.count / 2).write(to: url("half.png"))
        try check("\(predict) half.png", "half.png: truncated")
        try check("\(predict) --dataset data --test-index 20", status: 2, "20 was found", "0 to 19")
        let name = "line\nfeed\u{1B}[2J.png"
        try check(["predict", Self.model, name], status: 1, ["line\\nfeed\\u{1B}[2J.png: "])
    }

    @Test func `tells when its output is not taken, and never traps`() throws {
        try train()
        for command in ["digest", "summary", "evaluate --dataset data"] {
            let words = command.split(separator: " ").map(String.init) + [Self.model]
            let result = try Program(words, in: folder.url, output: "/dev/full").wait()
            #expect(result.status == 1, "\(command)")
            #expect(result.errors.contains("No space left on device"), "\(result.errors)")
        }
        let mute = try Program(["digest", "nope"], in: folder.url, errors: "/dev/full").wait()
        #expect(mute.status == 1)
        let training = try Program(
            ["train", "--dataset", "data", "--epochs", "2", "--run-dir", "F"],
            in: folder.url,
            output: "/dev/full"
        ).wait()
        #expect(training.status == 0, "\(training.errors)")
        #expect(training.errors.contains("training goes on"), "\(training.errors)")
    }
}
