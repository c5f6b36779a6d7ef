package import IDX

/// The images and labels of an `.npz` archive, such as Keras's `mnist.npz`.
package struct NumpyDataset: Equatable, Sendable {
    /// Images of 28·28 bytes and their labels.
    package struct Half: Equatable, Sendable {
        /// The images' pixels, one image behind the other.
        package let pixels: [UInt8]
        /// A label for each.
        package let labels: [UInt8]
    }

    /// To train on.
    package let training: Half
    /// To test with.
    package let test: Half

    /// What programs call the arrays: Keras, then MedMNIST.
    private static let names = [
        ["x_train", "y_train", "x_test", "y_test"],
        ["train_images", "train_labels", "test_images", "test_labels"],
    ]

    /// Whether a file begins as a zip archive does.
    package static func isArchive(_ start: some Collection<UInt8>) -> Bool {
        start.starts(with: [0x50, 0x4B, 3, 4])
    }

    /// Reads an archive's file.
    ///
    /// - Throws: `MNISTError` when the file cannot be read, else as for its bytes.
    package init(path: String) throws { try self.init(try MNISTDataset.read(path)) }

    /// Reads an archive's bytes.
    ///
    /// - Throws: when it is damaged, and when it has other arrays than images of 28×28 bytes and a
    ///   whole number from 0 to 254 for each.
    package init(_ file: IDXFile) throws(ArchiveError) {
        let archive = try ZipArchive(file)
        let found = archive.names.map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }
        guard let names = Self.names.first(where: { Set($0).isSubset(of: found) }) else {
            throw .missingArray(
                file: file.name,
                expected: Self.names[0].joined(separator: ", "),
                found: found
            )
        }
        let arrays = try names.map { name throws(ArchiveError) in
            try NumpyArray(archive.contents(of: name + ".npy") ?? [], named: name, of: file.name)
        }
        training = try Self.half(arrays[0], arrays[1])
        test = try Self.half(arrays[2], arrays[3])
    }

    private static func half(
        _ images: NumpyArray,
        _ labels: NumpyArray
    ) throws(ArchiveError) -> Half {
        let pixels = try images.images()
        let labels = try labels.labels(count: pixels.count / LabeledImages.imageSize)
        return Half(pixels: pixels, labels: labels)
    }
}

/// An array as NumPy's `.npy` format has it, versions 1 to 3.
struct NumpyArray {
    private let name: String
    private let file: String
    private let type: String
    private let shape: [Int]
    private let data: ArraySlice<UInt8>

    /// Reads the header, which is a dictionary in Python's syntax.
    init(_ bytes: [UInt8], named name: String, of file: String) throws(ArchiveError) {
        (self.name, self.file) = (name, file)
        guard bytes.count > 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw .damaged(file: file, reason: "\(name) without NumPy's header")
        }
        let isShort = bytes[6] == 1
        let size = (0..<(isShort ? 2 : 4)).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let start = (isShort ? 10 : 12) + size
        guard start <= bytes.count else {
            throw .damaged(file: file, reason: "\(name) with a header that is cut off")
        }
        let header = String(decoding: bytes[(isShort ? 10 : 12)..<start], as: UTF8.self)
        let shape = Self.value(of: "shape", in: header, until: ")")?.dropFirst()
            .split(separator: ",").map { Int($0.filter(\.isNumber)) ?? -1 }
        let order = Self.value(of: "fortran_order", in: header, until: ",")
        guard let type = Self.value(of: "descr", in: header, until: ","), let shape,
            order == "False", shape.allSatisfy({ (0...LabeledImages.countMax).contains($0) })
        else {
            throw .wrongArray(
                file: file,
                array: name,
                found: String(header.prefix(80)),
                expected: "an array in C order"
            )
        }
        self.type = String(type.filter { $0 != "'" })
        self.shape = shape
        data = bytes[start...]
    }

    private static func value(
        of key: String,
        in header: String,
        until end: Character
    ) -> Substring? {
        guard let place = header.firstRange(of: "'\(key)':") else { return nil }
        return header[place.upperBound...].drop { $0 == " " }.prefix { $0 != end }
    }

    private var kind: String { "\(type) of the shape \(shape)" }

    /// The pixels, where it has images of 28×28 bytes.
    func images() throws(ArchiveError) -> [UInt8] {
        let inner = Array(shape.dropFirst())
        let side = LabeledImages.side
        let isRight = [[side, side], [side * side], [side, side, 1]].contains(inner)
        guard isRight, let count = shape.first, count > 0, ["|u1", "u1", "<u1"].contains(type)
        else {
            throw .wrongArray(
                file: file,
                array: name,
                found: kind,
                expected: "|u1 of the shape [N, 28, 28]"
            )
        }
        guard data.count == count * LabeledImages.imageSize else {
            throw .damaged(file: file, reason: "\(name) with \(data.count) bytes for \(kind)")
        }
        return Array(data)
    }

    /// The labels, where it has as many whole numbers.
    func labels(count: Int) throws(ArchiveError) -> [UInt8] {
        let sizes = ["u1": 1, "i1": 1, "u2": 2, "i2": 2, "u4": 4, "i4": 4, "u8": 8, "i8": 8]
        guard [[count], [count, 1]].contains(shape), !type.hasPrefix(">"),
            let size = sizes[String(type.suffix(2))]
        else {
            throw .wrongArray(
                file: file,
                array: name,
                found: kind,
                expected: "\(count) whole numbers"
            )
        }
        guard data.count == count * size else {
            throw .damaged(file: file, reason: "\(name) with \(data.count) bytes for \(kind)")
        }
        var labels: [UInt8] = []
        for index in 0..<count {
            let number = data[(data.startIndex + index * size)...].prefix(size)
            guard let label = number.first, label < 255, number.dropFirst().allSatisfy({ $0 == 0 })
            else {
                throw .wrongArray(
                    file: file,
                    array: name,
                    found: "something else than 0 to 254 at index \(index)",
                    expected: "a label from 0 to 254"
                )
            }
            labels.append(label)
        }
        return labels
    }
}
