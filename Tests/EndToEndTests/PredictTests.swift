import Foundation
import MNIST
import TestTools
import Testing

/// What `predict` takes and prints.
@Suite(.serialized) struct PredictTests {
    private let folder: TemporaryFolder
    private static let model = "R/model.safetensors"

    init() throws {
        folder = try TemporaryFolder()
        let data = folder.url.appending(path: "data")
        try SmallDataset.write(trainingCount: 320, testCount: 20, into: data)
        let options = ["--dataset", "data", "--epochs", "2", "--run-dir", "R"]
        let result = try Program.run(["train"] + options, in: folder.url)
        try #require(result.status == 0, "\(result.errors)")
    }

    private func predict(_ arguments: String..., status: Int32 = 0) throws -> Program.Result {
        let result = try Program.run(["predict", Self.model] + arguments, in: folder.url)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        return result
    }

    private func write(_ data: Data, _ name: String) throws {
        let url = folder.url.appending(path: name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try data.write(to: url)
    }

    private func testImage(_ index: Int) throws -> [UInt8] {
        try MNISTDataset.load(directory: folder.url.appending(path: "data").path).test
            .image(at: index)
    }

    @Test func `draws the image that the model sees, beside a bar for each digit`() throws {
        try write(GrayPNG.encode(testImage(0)), "seven.png")
        let lines = try predict("seven.png").output.split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        try #require(lines.count == 16)
        #expect(lines[0].hasPrefix("seven.png: "))
        #expect(lines[1...14].contains { $0.prefix(28).contains("█") }, "\(lines)")
        for digit in 0..<10 {
            let right = lines[3 + digit].dropFirst(30)
            #expect(right.hasPrefix("\(digit) "), "\(lines[3 + digit])")
            #expect(right.contains(" %"), "\(right)")
        }
        #expect(lines.dropFirst().allSatisfy { $0.count <= 80 })
    }

    @Test func `takes folders, IDX files and standard input`() throws {
        try write(GrayPNG.encode(testImage(3)), "pictures/b.png")
        try write(GrayPNG.encode(testImage(2)), "pictures/a.PNG")
        try write(Data("not one".utf8), "pictures/notes.txt")
        try write(Data("not one".utf8), "pictures/.hidden.png")
        let idx = "data/t10k-images-idx3-ubyte"
        let all = try predict("pictures", idx, "--format", "csv").output
            .split(separator: "\n").map(String.init)
        try #require(all.count == 23)
        #expect(all[0] == "name,verdict,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9")
        #expect(all[1].hasPrefix("pictures/a.PNG,"))
        #expect(all[2].hasPrefix("pictures/b.png,"))
        let values = all.map { $0.drop { $0 != "," } }
        for (index, picture) in [(2, 1), (3, 2)] {
            #expect(all[3 + index].hasPrefix("\(idx)[\(index)],"))
            #expect(values[3 + index] == values[picture])
        }
        for (file, last) in [("pictures/a.PNG", values[1]), (idx, values[22])] {
            let piped = try Program(
                [Program.path, file, "predict", Self.model, "-", "--format", "csv"],
                in: folder.url,
                through: ["sh", "-c", #"shift; p=$1; f=$2; shift 2; exec "$p" "$@" < "$f""#, "sh"]
            ).wait()
            #expect(piped.status == 0, "\(piped.errors)")
            let line = piped.output.split(separator: "\n").last ?? ""
            #expect(line.hasPrefix("standard input"), "\(line)")
            #expect(line.drop { $0 != "," } == last)
        }
    }

    private struct Record: Decodable {
        var name: String
        var verdict: String
        var digit: Int?
        var probabilities: [Double]?
        var pixels: [[UInt8]]?
        var error: String?
    }

    @Test func `writes JSON that says as much, also of a picture that it cannot read`() throws {
        try write(GrayPNG.encode(testImage(0)), "one \"seven\".png")
        try write(GrayPNG.encode([UInt8](repeating: 255, count: 784)), "blank.png")
        let result = try predict(
            "one \"seven\".png",
            "none.png",
            "blank.png",
            "--format",
            "json",
            status: 1
        )
        let records = try JSONDecoder().decode([Record].self, from: Data(result.output.utf8))
        try #require(records.count == 3)
        #expect(records[0].name == "one \"seven\".png")
        #expect(records[0].pixels?.flatMap(\.self) == (try testImage(0)))
        let probabilities = try #require(records[0].probabilities)
        #expect(abs(probabilities.reduce(0, +) - 1) < 0.001)
        let greatest = probabilities.max() ?? 0
        #expect(records[0].digit == (greatest < 0.5 ? nil : probabilities.firstIndex(of: greatest)))
        #expect(records[0].verdict == records[0].digit.map(String.init) ?? "not sure")
        #expect(records[1].verdict == "not readable" && records[1].error != nil)
        #expect(records[2].verdict == "no digit")
        #expect(result.errors.split(separator: "\n").count == 2, "\(result.errors)")
        let quoted = try predict("one \"seven\".png", "--format", "csv").output
        #expect(quoted.contains("\n\"one \"\"seven\"\".png\","), "\(quoted)")
    }
}
