import Foundation
import TestTools
import Testing

@testable import MNIST

struct MNISTDatasetTests {
    private static let fashion = "/usr/share/datasets/fashion-mnist"
    private static let names = [
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ]

    @Test func `loads exactly MNIST where no folder is named`() throws {
        let dataset = try MNISTDataset.load(directory: nil)
        #expect(dataset.training.count == 60_000)
        #expect(dataset.test.count == 10_000)
        // SHA-256 of the files' decompressed contents.
        #expect(
            try [
                digest(imagesOf: dataset.training), digest(labelsOf: dataset.training),
                digest(imagesOf: dataset.test), digest(labelsOf: dataset.test),
            ] == [
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ]
        )
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: fashion)))
    func `loads Fashion-MNIST as Debian packages it`() throws {
        let dataset = try MNISTDataset.load(directory: Self.fashion)
        #expect(dataset.training.count == 60_000)
        #expect(dataset.test.count == 10_000)
        // Each of the ten classes has a thousand test images.
        let labels = (0..<10_000).map { dataset.test.label(at: $0) }
        #expect((0..<10).allSatisfy { digit in labels.count { $0 == digit } == 1000 })
    }

    @Test func `loads a folder of plain and gzip files, the plain one first`() throws {
        try withTemporaryFolder { temporary in
            let folder = URL(filePath: temporary)
            try write(folder, except: [])
            let gzip = IDXBuilding.gzip(IDXBuilding.labels([4, 4]))
            try Data(gzip).write(to: folder.appending(path: "t10k-labels-idx1-ubyte.gz"))
            for path in [folder.path, folder.path + "/"] {
                let dataset = try MNISTDataset.load(directory: path)
                #expect(dataset.training.count == 2)
                #expect(dataset.test.label(at: 1) == 7)
            }
            try FileManager.default.removeItem(
                at: folder.appending(path: "t10k-labels-idx1-ubyte")
            )
            #expect(try MNISTDataset.load(directory: folder.path).test.label(at: 1) == 4)
        }
    }

    @Test func `loads the test images from a folder that has no others`() throws {
        try withTemporaryFolder { temporary in
            let folder = URL(filePath: temporary)
            try write(folder, except: Self.names.filter { $0.hasPrefix("train") })
            #expect(try MNISTDataset.loadTest(directory: temporary).label(at: 1) == 7)
            #expect(throws: MNISTError.self) { try MNISTDataset.load(directory: temporary) }
            let labels = "t10k-labels-idx1-ubyte"
            try FileManager.default.removeItem(at: folder.appending(path: labels))
            #expect(throws: MNISTError.missingFile(folder: temporary, name: labels)) {
                try MNISTDataset.loadTest(directory: temporary)
            }
        }
    }

    @Test func `says which file or folder is missing`() throws {
        #expect(throws: MNISTError.missingFolder(folder: "/nowhere")) {
            try MNISTDataset.load(directory: "/nowhere")
        }
        try withTemporaryFolder { temporary in
            let folder = URL(filePath: temporary)
            for name in Self.names {
                try write(folder, except: [name])
                #expect(throws: MNISTError.missingFile(folder: folder.path, name: name)) {
                    try MNISTDataset.load(directory: folder.path)
                }
                let file = folder.appending(path: Self.names.first { $0 != name }!).path
                #expect(throws: MNISTError.fileForFolder(file: file)) {
                    try MNISTDataset.load(directory: file)
                }
            }
        }
    }

    @Test func `tells who names an archive what to do with it`() {
        let archive = MNISTError.fileForFolder(file: "data/mnist.npz").description
        #expect(archive.contains("lockstep data import data/mnist.npz --to"))
        let other = MNISTError.fileForFolder(file: "mnist.zip").description
        #expect(!other.contains("import") && other.contains("train-images-idx3-ubyte"))
    }

    @Test func `refuses a folder where a file should be, and a device`() throws {
        try withTemporaryFolder { temporary in
            let folder = URL(filePath: temporary)
            let name = Self.names[0]
            let path = folder.appending(path: name)
            try write(folder, except: [name])
            try FileManager.default.createDirectory(
                at: path,
                withIntermediateDirectories: false
            )
            let error = #expect(throws: MNISTError.self) {
                try MNISTDataset.load(directory: folder.path)
            }
            #expect("\(error!)".hasPrefix(path.path + ": cannot be read"), "\(error!)")
            try FileManager.default.removeItem(at: path)
            try FileManager.default.createSymbolicLink(
                atPath: path.path,
                withDestinationPath: "/dev/null"
            )
            let second = #expect(throws: MNISTError.self) {
                try MNISTDataset.load(directory: folder.path)
            }
            #expect("\(second!)".contains("a folder, a pipe or a device"), "\(second!)")
        }
    }

    /// Writes a data set of two samples each, without the named files.
    private func write(_ folder: URL, except: [String]) throws {
        for name in Self.names {
            let path = folder.appending(path: name)
            let bytes =
                name.contains("images") ? IDXBuilding.images(2) : IDXBuilding.labels([1, 7])
            if except.contains(name) {
                try? FileManager.default.removeItem(at: path)
            } else {
                try Data(bytes).write(to: path)
            }
        }
    }

    private func digest(imagesOf images: LabeledImages) throws -> String {
        var bytes = Data(IDXBuilding.images(0, promised: images.count))
        images.withUnsafeSamples { samples in
            for index in 0..<images.count {
                let start = index * LabeledImages.sampleSize + 1
                bytes.append(contentsOf: samples[start..<start + LabeledImages.imageSize])
            }
        }
        return try sha256(bytes)
    }

    private func digest(labelsOf images: LabeledImages) throws -> String {
        try sha256(
            Data(IDXBuilding.labels((0..<images.count).map { images.label(at: $0) }))
        )
    }

    /// Asks coreutils, an implementation that shares nothing with this package.
    private func sha256(_ bytes: Data) throws -> String {
        try withTemporaryFolder { folder in
            let file = URL(filePath: "\(folder)/bytes")
            try bytes.write(to: file)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/sha256sum")
            process.arguments = [file.path]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let line = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return String(decoding: line.prefix(64), as: UTF8.self)
        }
    }
}
