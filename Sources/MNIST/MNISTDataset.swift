private import Foundation

/// The training and the test images of MNIST, or of another data set in its format.
///
/// Four IDX files make a data set: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each plain or gzip with `.gz` at the end
/// of its name. Where both are there, the plain one is read.
package struct MNISTDataset: Equatable, Sendable {
    /// The images to train and to validate on: MNIST has 60,000.
    package let training: LabeledImages
    /// The images that training never sees: MNIST has 10,000.
    package let test: LabeledImages

    /// Pairs training and test images that are in memory already.
    package init(training: LabeledImages, test: LabeledImages) {
        self.training = training
        self.test = test
    }

    /// Loads the four files of a folder, or MNIST itself where none is named.
    ///
    /// - Parameter directory: the folder; nil for the files that ship with the executable.
    /// - Throws: when a file is missing, damaged, or of another kind; the first reason found.
    package static func load(directory: String?) throws(MNISTError) -> MNISTDataset {
        let folder = if let directory { directory } else { try packagedDirectory() }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
            isFolder.boolValue
        else { throw .missingFolder(folder: folder) }
        let trainingImages = try path(of: "train-images-idx3-ubyte", in: folder)
        let trainingLabels = try path(of: "train-labels-idx1-ubyte", in: folder)
        let testImages = try path(of: "t10k-images-idx3-ubyte", in: folder)
        let testLabels = try path(of: "t10k-labels-idx1-ubyte", in: folder)
        return MNISTDataset(
            training: try LabeledImages(
                images: try read(trainingImages),
                labels: try read(trainingLabels)
            ),
            test: try LabeledImages(images: try read(testImages), labels: try read(testLabels))
        )
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

    private static func path(of name: String, in folder: String) throws(MNISTError) -> String {
        let plain = folder.hasSuffix("/") ? folder + name : folder + "/" + name
        for path in [plain, plain + ".gz"] where FileManager.default.fileExists(atPath: path) {
            return path
        }
        throw .missingFile(folder: folder, name: name)
    }

    /// Reads a whole file, and never more of it than a data set may have.
    private static func read(_ path: String) throws(MNISTError) -> IDXFile {
        let sizeMax = IDXReader.fileSizeMax
        // O_NONBLOCK: a pipe under the name would otherwise be waited for.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unreadable(file: path, reason: String(cString: strerror(errno)))
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: path, reason: "it is a folder, a pipe or a device")
        }
        let data: Data
        do {
            data = try handle.read(upToCount: sizeMax + 1) ?? Data()
        } catch {
            throw .unreadable(file: path, reason: error.localizedDescription)
        }
        guard data.count <= sizeMax else { throw .tooLarge(file: path, sizeMax: sizeMax) }
        return IDXFile(name: path, bytes: [UInt8](data))
    }
}
