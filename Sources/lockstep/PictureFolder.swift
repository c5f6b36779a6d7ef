import Foundation
import ImageFiles
import MNIST
import Training

/// Pictures in a folder for each class, as in `train/3/*.png`.
struct PictureFolder {
    let path: String
    /// Whether they are dark on light.
    let isInverted: Bool

    /// The files of a data set that they make.
    ///
    /// - Throws: when a folder or a picture is missing or cannot be read.
    func files() throws -> [(name: String, bytes: [UInt8])] {
        let training = path + "/train"
        let halves = ["test", "t10k"].map { path + "/" + $0 }
        guard let test = halves.first(where: { Self.isFolder($0) }), Self.isFolder(training) else {
            throw UsageError(
                "importing: \(path) was found where a folder with train and test, or an .npz archive, was expected; lay the pictures out as in train/3/one.png and test/3/two.png"
            )
        }
        let classes = try Self.classes(of: training)
        let strange = try Self.classes(of: test).first { !classes.contains($0) }
        if let strange {
            throw UsageError(
                "importing: \(test)/\(strange) was found where a class of \(training) was expected; add it there, or remove it"
            )
        }
        var files = try half("train", training, classes, isShuffled: true)
        files += try half("t10k", test, classes, isShuffled: false)
        if classes != (0..<classes.count).map({ "\($0)" }) {
            let text = classes.map { $0 + "\n" }.joined()
            files.append((ClassNames.fileName, Array(text.utf8)))
        }
        return files
    }

    private func half(
        _ name: String,
        _ folder: String,
        _ classes: [String],
        isShuffled: Bool
    ) throws -> [(name: String, bytes: [UInt8])] {
        var images: [(pixels: [UInt8], label: UInt8)] = []
        for (label, className) in classes.enumerated() {
            for path in try pictures(in: folder + "/" + className) {
                let pixels = try GrayPicture.read(path: path).fitted(
                    into: DigitImage.side,
                    isInverted: isInverted
                )
                images.append((pixels, UInt8(label)))
            }
        }
        if isShuffled {
            images = ImportOrder.shuffled(count: images.count).map { images[$0] }
        }
        return [
            ("\(name)-images-idx3-ubyte", IDXWriting.images(images.flatMap(\.pixels))),
            ("\(name)-labels-idx1-ubyte", IDXWriting.labels(images.map(\.label))),
        ]
    }

    /// The names of the folders in a folder: by number where all are numbers.
    private static func classes(of folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
            !name.hasPrefix(".") && isFolder(folder + "/" + name)
        }
        let numbers = names.compactMap { Int($0) }
        let sorted =
            numbers.count == names.count
            ? names.sorted { (Int($0) ?? 0) < (Int($1) ?? 0) } : names.sorted()
        guard Classes.counts.contains(sorted.count) else {
            throw UsageError(
                "importing: \(folder) has \(sorted.count) folder\(sorted.count == 1 ? "" : "s") where one for each of 2 to 255 classes was expected"
            )
        }
        if let wrong = sorted.first(where: { !ClassNames.isName($0) }) {
            throw UsageError(
                "importing: the folder '\(wrong.prefix(60))' was found where a class's name was expected; call it by 1 to 40 characters without a comma"
            )
        }
        return sorted
    }

    private func pictures(in folder: String) throws -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            let ending = name.split(separator: ".").last?.lowercased() ?? ""
            return !name.hasPrefix(".") && PictureFormat.endings.contains(ending)
        }.sorted().map { folder + "/" + $0 }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
