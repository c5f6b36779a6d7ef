private import Foundation
import IDX
private import Synchronization

/// The training and the test images of MNIST, or of another data set in its format.
///
/// Four IDX files make a data set: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each plain or gzip with `.gz` at the end
/// of its name. Where both are there, the plain one is read. `DatasetFiles` knows what else they
/// are called.
package struct MNISTDataset: Equatable, Sendable {
    /// The images to train and to validate on: MNIST has 60,000.
    package let training: LabeledImages
    /// The images that training never sees: MNIST has 10,000.
    package let test: LabeledImages
    /// What the labels stand for, which count from 0.
    package let classes: Classes

    /// Pairs training and test images that are in memory already.
    package init(training: LabeledImages, test: LabeledImages, classes: Classes = .digits) {
        self.training = training
        self.test = test
        self.classes = classes
    }

    /// What the files do not say of themselves.
    package struct Reading: Equatable, Sendable {
        /// What is known of the classes.
        package var classes: Classes.Known
        /// Whether images are stored column by column, as EMNIST's are.
        package var isTransposed: Bool

        /// Gathers what is known.
        package init(classes: Classes.Known = Classes.Known(), isTransposed: Bool = false) {
            self.classes = classes
            self.isTransposed = isTransposed
        }
    }

    /// Loads the four files of a folder, or MNIST itself where none is named.
    ///
    /// - Parameter directory: the folder; nil for the files that ship with the executable.
    /// - Throws: when a file is missing, damaged, or of another kind; the first reason found.
    package static func load(
        directory: String?,
        _ reading: Reading = Reading()
    ) throws(MNISTError) -> MNISTDataset {
        let (halves, classes) = try load(["train", "t10k"], directory: directory, reading)
        return MNISTDataset(training: halves[0], test: halves[1], classes: classes)
    }

    /// Loads the test images of a folder, which may lack the others, or of MNIST itself where none
    /// is named.
    ///
    /// - Throws: when a file is missing, damaged, or of another kind; the first reason found.
    package static func loadTest(
        directory: String?,
        _ reading: Reading = Reading()
    ) throws(MNISTError) -> LabeledImages {
        try load(["t10k"], directory: directory, reading).halves[0]
    }

    private static func load(
        _ names: [String],
        directory: String?,
        _ reading: Reading
    ) throws(MNISTError) -> (halves: [LabeledImages], classes: Classes) {
        let folder = if let directory { directory } else { try packagedDirectory() }
        let files = try DatasetFiles(at: folder)
        let pairs = try names.map { name throws(MNISTError) in
            (
                images: try files.path(of: DatasetFiles.Part(half: name, kind: "images")),
                labels: try files.path(of: DatasetFiles.Part(half: name, kind: "labels"))
            )
        }
        var known = reading.classes
        if known.names == nil, directory != nil {
            let names = try ClassNames.names(beside: files)
            // Names of other classes than those that were asked for name none of them.
            if known.count == nil || known.count == names?.count { known.names = names }
        }
        // Side by side: inflating them is most of what a start takes.
        let loaded = Mutex([Result<LabeledImages, MNISTError>?](repeating: nil, count: pairs.count))
        DispatchQueue.concurrentPerform(iterations: pairs.count) { index in
            let result = Result { () throws(MNISTError) in
                var images = try LabeledImages(
                    images: try read(pairs[index].images),
                    labels: try read(pairs[index].labels)
                )
                if reading.isTransposed { images.transpose() }
                return images
            }
            loaded.withLock { $0[index] = result }
        }
        var halves = try loaded.withLock(\.self).map { result throws(MNISTError) in
            guard let result else { preconditionFailure("half of a data set was not loaded") }
            return try result.get()
        }
        let classes = try Classes.find(
            known,
            in: zip(pairs, halves).map { (labels: $0.labels, images: $1) }
        )
        for index in halves.indices { halves[index].countLabels(from: classes.firstLabel) }
        return (halves, classes)
    }

    /// Finds the folder of the files that ship with the package, beside the executable.
    ///
    /// `Bundle.module` would find it too, but traps when an executable was copied without it.
    package static func packagedDirectory() throws(MNISTError) -> String {
        let folder = Bundle.main.bundleURL
            .appending(components: "lockstep_MNIST.resources", "Resources").path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw .missingBundle(folder: folder)
        }
        return folder
    }

    /// Reads a whole file, and never more of it than a data set may have.
    static func read(_ path: String) throws(MNISTError) -> IDXFile {
        try MNISTError.ofFiles { () throws(IDXError) in
            try IDXFile(path: path, sizeMax: LabeledImages.fileSizeMax)
        }
    }
}
