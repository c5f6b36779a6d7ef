import IDX
import TestTools

@testable import MNIST

/// Bytes of IDX files, valid and not, for the tests.
enum IDXBuilding {
    static func word(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    static func labels(_ labels: [UInt8], magic: Int = 0x801, count: Int? = nil) -> [UInt8] {
        word(magic) + word(count ?? labels.count) + labels
    }

    /// Images whose pixel p of image i is (7·i + p) mod 256.
    static func images(
        _ count: Int,
        magic: Int = 0x803,
        promised: Int? = nil,
        rows: Int = 28,
        columns: Int = 28
    ) -> [UInt8] {
        let header = word(magic) + word(promised ?? count) + word(rows) + word(columns)
        return header + (0..<count).flatMap { image($0, size: rows * columns) }
    }

    static func image(_ index: Int, size: Int = 784) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: 7 * index + $0) }
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] { Gzip.compressed(bytes) }

    /// Decodes a pair; answers the samples, or why not.
    static func decode(images: [UInt8], labels: [UInt8]) -> Result<LabeledImages, MNISTError> {
        do throws(MNISTError) {
            return .success(
                try LabeledImages(
                    images: IDXFile(name: "images", bytes: images),
                    labels: IDXFile(name: "labels", bytes: labels)
                )
            )
        } catch {
            return .failure(error)
        }
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
