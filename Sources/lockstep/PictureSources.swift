import Foundation
import IDX
import ImageFiles
import MNIST
import PlainFiles

/// A picture that was named: the digit on it, or what kept it from being seen.
struct NamedPicture {
    let name: String
    let digit: Result<DigitImage, any Error>
}

/// The pictures that were named: files, folders of them, IDX files of many, and standard input.
struct PictureSources {
    private enum Contents {
        case pictures([NamedPicture])
        /// Paths of pictures that are read one after the other.
        case files([String])
        case images(IDXImages)
    }

    let names: [String]

    /// Images of an IDX file that are handed on at once.
    private static let batchCount = 256
    private static let standardInput = "standard input"

    /// Hands all pictures on in order, a few at once where they cost little.
    func forEachBatch(_ take: ([NamedPicture]) throws -> Void) throws {
        for name in names {
            switch contents(of: name) {
            case .pictures(let pictures): try take(pictures)
            case .files(let paths):
                for path in paths {
                    let digit = Result { () throws -> DigitImage in try DigitImage.read(path: path)
                    }
                    try take([NamedPicture(name: path, digit: digit)])
                }
            case .images(let images):
                let shown = name == "-" ? Self.standardInput : name
                for first in stride(from: 0, to: images.count, by: Self.batchCount) {
                    try take(
                        (first..<min(first + Self.batchCount, images.count)).map { index in
                            NamedPicture(
                                name: "\(shown)[\(index)]",
                                digit: .success(DigitImage(pixels: images.image(at: index)))
                            )
                        }
                    )
                }
            }
        }
    }

    private func contents(of name: String) -> Contents {
        do {
            if name == "-" { return try standardInputContents() }
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: name, isDirectory: &isFolder),
                isFolder.boolValue
            {
                return .files(try files(ofFolder: name))
            }
            guard IDXImages.start(with: RegularFile.start(of: name, size: 4)) else {
                return .files([name])
            }
            return .images(try IDXImages(path: name))
        } catch {
            let shown = name == "-" ? Self.standardInput : name
            return .pictures([NamedPicture(name: shown, digit: .failure(error))])
        }
    }

    private func standardInputContents() throws -> Contents {
        let name = Self.standardInput
        var bytes: [UInt8] = []
        while let more = try FileHandle.standardInput.read(upToCount: 1 << 20), !more.isEmpty {
            bytes += more
            guard bytes.count <= DigitImage.fileSizeMax else {
                throw ImageFileError.fileTooLarge(file: name, sizeMax: DigitImage.fileSizeMax)
            }
        }
        if IDXImages.start(with: bytes) {
            return .images(try IDXImages(IDXFile(name: name, bytes: bytes)))
        }
        let digit = try DigitImage.decode(bytes, name: name)
        return .pictures([NamedPicture(name: name, digit: .success(digit))])
    }

    /// The folder's pictures, by their names' endings, in the order of the names; those whose name
    /// begins with a dot are no pictures of the user's.
    private func files(ofFolder folder: String) throws -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw ImageFileError.unreadable(file: folder, reason: "a folder without permission")
        }
        let pictures = names.filter { name in
            let ending = name.split(separator: ".").last?.lowercased() ?? ""
            return !name.hasPrefix(".") && PictureFormat.endings.contains(ending)
        }
        guard !pictures.isEmpty else { throw ImageFileError.emptyFolder(folder: folder) }
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        return pictures.sorted().map { start + $0 }
    }
}
