import Foundation
import MNIST

@testable import ImageFiles

/// The pictures of the folder `Fixtures` and what they show.
enum Fixtures {
    /// MNIST, loaded once for all tests.
    static let mnist = Result { try MNISTDataset.load(directory: nil) }

    static func path(_ name: String) -> String {
        Bundle.module.bundleURL.appending(components: "Fixtures", name).path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }

    static func digit(_ name: String) throws -> DigitImage {
        try DigitImage.decode(bytes(name), name: name)
    }

    /// MNIST's first test image, which most fixtures show.
    static func seven() throws -> [UInt8] {
        try mnist.get().test.image(at: 0)
    }

    /// The least mean difference when the second image may move by a pixel each way.
    ///
    /// A centre of mass that lies next to a whole number is rounded either way.
    static func distanceWithinAPixel(_ first: [UInt8], _ second: [UInt8]) -> Double {
        var least = Double.infinity
        for dy in -1...1 {
            for dx in -1...1 {
                let moved = (0..<784).map { index -> UInt8 in
                    let (y, x) = (index / 28 + dy, index % 28 + dx)
                    return (0..<28).contains(y) && (0..<28).contains(x) ? second[y * 28 + x] : 0
                }
                least = min(least, distance(first, moved))
            }
        }
        return least
    }

    /// The mean difference of two images' pixels, in levels of 255.
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Double {
        zip(first, second).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / 784
    }
}
