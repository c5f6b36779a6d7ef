import IDX
import Testing

@testable import MNIST

struct IDXImagesTests {
    private static let head: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]
    private static let pixels = (0..<2 * 784).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @Test func `reads images without their labels`() throws {
        let images = try IDXImages(IDXFile(name: "i", bytes: Self.head + Self.pixels))
        #expect(images.count == 2)
        #expect(images.image(at: 0) + images.image(at: 1) == Self.pixels)
        #expect(IDXImages.start(with: Self.head))
        #expect(!IDXImages.start(with: [0, 0, 8, 1]))
    }

    @Test func `refuses every truncation, and what follows the last image`() {
        let whole = Self.head + Self.pixels
        for count in [0, 3, 15, 16, 800, whole.count - 1] {
            #expect(throws: MNISTError.self, "\(count)") {
                try IDXImages(IDXFile(name: "i", bytes: Array(whole.prefix(count))))
            }
        }
        #expect(throws: MNISTError.file(.trailingBytes(file: "i", expected: whole.count))) {
            try IDXImages(IDXFile(name: "i", bytes: whole + [0]))
        }
    }
}
