import ArgumentParser
import Checkpoints
import Foundation
import ImageFiles
import MNIST
import PlainFiles

/// `lockstep data import`: pictures, or NumPy's arrays, as the IDX files that `--dataset` takes.
struct DataImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Write pictures or NumPy's arrays as a data set's folder.",
        discussion: """
            Pictures lie in a folder for each class, as in train/3/*.png and test/3/*.png, which gives the class its \
            name; those of 28×28 are taken as they are, others are scaled. Training images are shuffled, so that the \
            end that is held out to validate on has every class. An archive is one like Keras's mnist.npz, with \
            x_train, y_train, x_test and y_test.

            EXAMPLES:
              lockstep data import pictures --to shapes
              lockstep data import ~/.keras/datasets/mnist.npz --to mnist
            """
    )

    @Argument(help: "A folder with train and test, or an .npz archive.")
    var source: String

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The folder to make.", valueName: "folder")
    )
    var target: String

    @Flag(help: "Exchange black and white: pictures are dark on light.")
    var invert = false

    func run() throws {
        let source = NSString(string: source).expandingTildeInPath
        let target = NSString(string: target).expandingTildeInPath
        guard !FileManager.default.fileExists(atPath: target) else {
            throw UsageError(
                "importing: \(target) is there where a new folder was expected; name another, or remove it"
            )
        }
        let start = RegularFile.start(of: source, size: 4)
        let files =
            NumpyDataset.isArchive(start)
            ? try Self.files(ofArchive: source)
            : try PictureFolder(path: source, isInverted: invert).files()
        try FileManager.default.createDirectory(
            atPath: target,
            withIntermediateDirectories: true
        )
        for (name, bytes) in files {
            try TargetFile(target + "/" + name, replaces: false).write(bytes)
        }
        let dataset = try MNISTDataset.load(directory: target)
        try StandardOutput.write(
            "\(target): \(dataset.training.count) training and \(dataset.test.count) test images of \(dataset.classes.count) classes\n"
        )
    }

    private static func files(
        ofArchive path: String
    ) throws -> [(name: String, bytes: [UInt8])] {
        let dataset = try NumpyDataset(path: path)
        return [("train", dataset.training), ("t10k", dataset.test)].flatMap { name, half in
            [
                ("\(name)-images-idx3-ubyte", IDXWriting.images(half.pixels)),
                ("\(name)-labels-idx1-ubyte", IDXWriting.labels(half.labels)),
            ]
        }
    }
}
