import Foundation
import MNIST

/// The first images of MNIST as a data set of its own, so that whole runs take moments.
enum SmallDataset {
    /// MNIST, loaded once for all tests.
    private static let mnist = Result { try MNISTDataset.load(directory: nil) }

    /// Writes the four IDX files into `folder`.
    static func write(
        trainingCount: Int,
        testCount: Int,
        into folder: URL
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let dataset = try mnist.get()
        try write(dataset.training, count: trainingCount, name: "train", into: folder)
        try write(dataset.test, count: testCount, name: "t10k", into: folder)
    }

    private static func write(
        _ images: LabeledImages,
        count: Int,
        name: String,
        into folder: URL
    ) throws {
        let pixels = (0..<count).flatMap { images.image(at: $0) }
        let labels = (0..<count).map { images.label(at: $0) }
        let imageHeader = [0x803, count, 28, 28].flatMap(bigEndian)
        let labelHeader = [0x801, count].flatMap(bigEndian)
        try Data(imageHeader + pixels).write(
            to: folder.appending(path: "\(name)-images-idx3-ubyte")
        )
        try Data(labelHeader + labels).write(
            to: folder.appending(path: "\(name)-labels-idx1-ubyte")
        )
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
