private import Foundation
import IDX

/// What a data set's folder holds, file by file.
package struct DatasetInspection: Equatable, Sendable {
    /// One of its files.
    package struct File: Equatable, Sendable {
        /// Where it is.
        package let path: String
        /// Its bytes on disk.
        package let storedSize: Int
        /// What it holds, inflated.
        package let contents: [UInt8]
    }

    /// Those that there are: the images and the labels of training, then of the test.
    package let files: [File]

    /// Reads the files of a folder, or of MNIST itself where none is named.
    ///
    /// - Throws: when a file is missing or damaged.
    package init(directory: String?) throws(MNISTError) {
        let folder = if let directory { directory } else { try MNISTDataset.packagedDirectory() }
        let found = try DatasetFiles(at: folder)
        files = try DatasetFiles.Part.all.map { (part) throws(MNISTError) -> File in
            let path = try found.path(of: part)
            let file = try MNISTDataset.read(path)
            let isOfImages = part.kind == "images"
            let array = try IDXArray(
                ofDataset: file,
                itemShape: isOfImages ? LabeledImages.shape : []
            )
            return File(path: path, storedSize: file.bytes.count, contents: array.encoded)
        }
    }
}

/// Images that are there twice.
package struct Duplicates: Equatable, Sendable {
    /// An image of the test set, and the one of training that is the same.
    package struct Pair: Equatable, Sendable {
        /// The test image.
        package let test: Int
        /// The training image.
        package let training: Int
        /// Whether both have the same label.
        package let isLabelSame: Bool
    }

    /// Test images that are among those that are trained on.
    package private(set) var between: [Pair] = []
    /// Training images that are the same as an earlier one.
    package private(set) var inTrainingCount = 0

    /// Compares all images of a data set, pixel by pixel.
    package init(in dataset: MNISTDataset) {
        var first: [[UInt8]: Int] = [:]
        first.reserveCapacity(dataset.training.count)
        for index in 0..<dataset.training.count {
            let image = dataset.training.image(at: index)
            if first[image] == nil { first[image] = index } else { inTrainingCount += 1 }
        }
        for index in 0..<dataset.test.count {
            guard let training = first[dataset.test.image(at: index)] else { continue }
            between.append(
                Pair(
                    test: index,
                    training: training,
                    isLabelSame: dataset.test.label(at: index)
                        == dataset.training.label(at: training)
                )
            )
        }
    }
}
