import Foundation
import TestTools
import Testing

@testable import MNIST

struct ClassesTests {
    private func images(_ labels: [UInt8]) -> LabeledImages {
        LabeledImages(samples: labels.flatMap { [$0] + [UInt8](repeating: 0, count: 784) })
    }

    private func find(
        _ labels: [UInt8],
        _ known: Classes.Known = Classes.Known()
    ) throws(MNISTError) -> Classes {
        try Classes.find(known, in: [(labels: "f", images: images(labels))])
    }

    @Test func `takes the classes from labels without a gap, from 0 or from 1`() throws {
        #expect(try find([1, 0, 1]) == Classes(count: 2))
        #expect(try find([0, 2, 1]) == Classes(count: 3))
        let letters = try find((1...26).map { UInt8($0) })
        #expect(letters == Classes(count: 26, firstLabel: 1))
        #expect(letters.names.first == "1" && letters.names.last == "26")
        #expect(try find((0..<255).map { UInt8($0) }).count == 255)
    }

    @Test func `takes labels with a gap for digits where they may be`() throws {
        #expect(try find([7, 7]) == .digits)
        #expect(try find([4, 9, 0]) == .digits)
        #expect(throws: MNISTError.missingClass(file: "f", label: 1, greatest: 10)) {
            try find([0, 10])
        }
    }

    @Test func `goes by what is known rather than by labels`() throws {
        #expect(try find([3, 1], Classes.Known(count: 26)) == Classes(count: 26))
        #expect(try find([26, 1], Classes.Known(count: 26)).firstLabel == 1)
        #expect(try find([3, 1], Classes.Known(count: 26, firstLabel: 1)).firstLabel == 1)
        #expect(try find([0, 1], Classes.Known(names: ["a", "b"])).names == ["a", "b"])
    }

    @Test func `names the first label that is of no class`() {
        let expected = MNISTError.labelOfNoClass(
            file: "f",
            index: 2,
            label: 10,
            classes: 0..<10
        )
        #expect(throws: expected) { try find([9, 0, 10], Classes.Known(count: 10)) }
    }

    @Test func `refuses a single class`() {
        #expect(throws: MNISTError.classCount(file: "f", found: 1)) { try find([0, 0]) }
    }

    private func write(
        _ folder: String,
        prefix: String,
        test: String,
        mark: String = "-"
    ) throws {
        for half in ["train", test] {
            let start = "\(folder)/\(prefix)\(half)-"
            try Data(IDXBuilding.images(3)).write(
                to: URL(filePath: "\(start)images\(mark)idx3-ubyte")
            )
            try Data(IDXBuilding.labels([1, 2, 3])).write(
                to: URL(filePath: "\(start)labels\(mark)idx1-ubyte")
            )
        }
    }

    @Test func `finds the files under the names of EMNIST and Kaggle`() throws {
        try withTemporaryFolder { folder in
            try write(folder, prefix: "emnist-letters-", test: "test")
            try Data("1 65 97\n2 66 98\n3 67 99\n".utf8).write(
                to: URL(filePath: folder + "/emnist-letters-mapping.txt")
            )
            for path in [folder, folder + "/emnist-letters"] {
                let dataset = try MNISTDataset.load(directory: path)
                #expect(
                    dataset.classes == Classes(count: 3, names: ["A", "B", "C"], firstLabel: 1)
                )
                #expect((0..<3).map { dataset.training.label(at: $0) } == [0, 1, 2])
            }
            try write(folder, prefix: "emnist-mnist-", test: "test")
            let prefixes = ["emnist-letters", "emnist-mnist"]
            #expect(throws: MNISTError.severalDatasets(folder: folder, prefixes: prefixes)) {
                try MNISTDataset.load(directory: folder)
            }
        }
        try withTemporaryFolder { folder in
            try write(folder, prefix: "", test: "t10k", mark: ".")
            #expect(try MNISTDataset.load(directory: folder).test.count == 3)
        }
    }

    @Test func `says which name comes near`() throws {
        for name in ["train-images-idx3-ubyte(1).gz", "trian-images-idx3-ubyte"] {
            try withTemporaryFolder { folder in
                try Data().write(to: URL(filePath: folder + "/" + name))
                let expected = MNISTError.misnamedFile(
                    folder: folder,
                    name: "train-images-idx3-ubyte",
                    found: [name]
                )
                #expect(throws: expected) { try MNISTDataset.load(directory: folder) }
            }
        }
    }

    @Test func `takes the names of classes.txt, and refuses what is none`() throws {
        try withTemporaryFolder { folder in
            try write(folder, prefix: "", test: "t10k")
            let file = folder + "/classes.txt"
            try Data("bat\ncat\nowl\n".utf8).write(to: URL(filePath: file))
            #expect(
                try MNISTDataset.load(directory: folder).classes.names == ["bat", "cat", "owl"]
            )
            for (text, line, name) in [
                ("a\n\nb\n", 2, ""), ("a\nb\na", 3, "a"), ("a\nb,c", 2, "b,c"),
            ] {
                try Data(text.utf8).write(to: URL(filePath: file))
                #expect(throws: MNISTError.badClassName(file: file, line: line, name: name)) {
                    try MNISTDataset.load(directory: folder)
                }
            }
        }
    }
}
