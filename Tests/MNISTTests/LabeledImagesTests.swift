import IDX
import Testing

@testable import MNIST

struct LabeledImagesTests {
    private let images = IDXBuilding.images(3)
    private let labels = IDXBuilding.labels([5, 0, 9])

    @Test func `decodes labels and pixels of every sample, plain and gzip`() throws {
        for (images, labels) in [
            (images, labels), (IDXBuilding.gzip(images), IDXBuilding.gzip(labels)),
            (IDXBuilding.gzip(images), labels),
        ] {
            let decoded = try IDXBuilding.decode(images: images, labels: labels).get()
            #expect(decoded.count == 3)
            #expect((0..<3).map { decoded.label(at: $0) } == [5, 0, 9])
            for index in 0..<3 {
                #expect(decoded.image(at: index) == IDXBuilding.image(index))
            }
        }
    }

    @Test func `decodes a single image`() throws {
        let decoded = try IDXBuilding.decode(
            images: IDXBuilding.images(1),
            labels: IDXBuilding.labels([3])
        ).get()
        #expect(decoded.label(at: 0) == 3)
        #expect(decoded.image(at: 0) == IDXBuilding.image(0))
    }

    @Test(arguments: [[2], [2, 0], [1, 2, 0, 2, 1, 1]])
    func `copies samples in any order, each as its label and then its pixels, and nothing beyond`(
        order: [Int]
    ) throws {
        let decoded = try IDXBuilding.decode(images: images, labels: labels).get()
        var copy = [UInt8](repeating: 0xEE, count: order.count * 785 + 1)
        copy.withUnsafeMutableBytes { bytes in
            decoded.copySamples(count: order.count, into: bytes.baseAddress!) { order[$0] }
        }
        let samples = order.flatMap { [decoded.label(at: $0)] + IDXBuilding.image($0) }
        #expect(copy == samples + [0xEE])
    }

    @Test func `lends all samples in one stretch, which makes an equal data set`() throws {
        let decoded = try IDXBuilding.decode(images: images, labels: labels).get()
        let bytes = decoded.withUnsafeSamples { Array($0) }
        #expect(bytes.count == 3 * 785)
        #expect(LabeledImages(samples: bytes) == decoded)
    }

    @Test func `refuses every truncation of either file, plain and gzip`() {
        for compress in [{ $0 }, IDXBuilding.gzip] {
            let images = compress(images)
            let labels = compress(labels)
            for count in 0..<images.count {
                let cut = Array(images.prefix(count))
                #expect(
                    IDXBuilding.decode(images: cut, labels: labels).failure != nil,
                    "images cut to \(count)"
                )
            }
            for count in 0..<labels.count {
                let cut = Array(labels.prefix(count))
                #expect(
                    IDXBuilding.decode(images: images, labels: cut).failure != nil,
                    "labels cut to \(count)"
                )
            }
        }
    }

    @Test func `says how much of a truncated file is there`() {
        let cut = Array(images.dropLast())
        let expected = MNISTError.file(
            .truncated(file: "images", found: 2367, expected: 2368)
        )
        #expect(IDXBuilding.decode(images: cut, labels: labels).failure == expected)
        let inner = IDXBuilding.gzip(cut)
        #expect(IDXBuilding.decode(images: inner, labels: labels).failure == expected)
    }

    @Test func `answers random bytes with an error, behind any plausible start`() {
        var generator = SystemRandomNumberGenerator()
        let starts: [[UInt8]] = [
            [], [0x1f, 0x8b], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], [0, 0, 8, 1], [0, 0, 8, 3],
            [0, 0, 8, 3, 0, 0],
        ]
        for start in starts {
            for size in 0..<200 {
                let tail = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let bytes = start + tail
                #expect(
                    IDXBuilding.decode(images: bytes, labels: labels).failure != nil,
                    "images \(bytes)"
                )
                #expect(
                    IDXBuilding.decode(images: images, labels: bytes).failure != nil,
                    "labels \(bytes)"
                )
            }
        }
    }

    @Test func `refuses contents that go on after the last image or label`() {
        for compress in [{ $0 }, IDXBuilding.gzip] {
            let long = compress(images + [0])
            #expect(
                IDXBuilding.decode(images: long, labels: labels).failure
                    == .file(.trailingBytes(file: "images", expected: 2368))
            )
            let longLabels = compress(labels + [0])
            #expect(
                IDXBuilding.decode(images: images, labels: longLabels).failure
                    == .file(.trailingBytes(file: "labels", expected: 11))
            )
        }
    }

    @Test func `refuses a gzip stream that would grow far beyond its header's promise`() {
        let bomb = IDXBuilding.gzip(labels + [UInt8](repeating: 0, count: 1 << 24))
        #expect(
            IDXBuilding.decode(images: images, labels: bomb).failure
                == .file(.trailingBytes(file: "labels", expected: 11))
        )
    }

    @Test func `refuses counts that a file of its size cannot hold`() {
        let lie = IDXBuilding.images(1, promised: 1_000_000)
        let labels = IDXBuilding.labels([1], count: 1_000_000)
        let lying = IDXBuilding.gzip(lie)
        let honest = IDXBuilding.labels([UInt8](repeating: 1, count: 1_000_000))
        #expect(
            IDXBuilding.decode(images: lying, labels: honest).failure
                == .file(
                    .impossiblePromise(
                        file: "images",
                        promised: 784_000_016,
                        fileSize: lying.count
                    )
                )
        )
        #expect(
            IDXBuilding.decode(images: lie, labels: labels).failure
                == .file(.truncated(file: "labels", found: 9, expected: 1_000_008))
        )
        #expect(
            IDXBuilding.decode(images: IDXBuilding.images(1, promised: 0xFFFF_FFFF), labels: honest)
                .failure
                == .file(.tooMany(file: "images", found: 0xFFFF_FFFF, countMax: 1_000_000))
        )
    }

    @Test func `refuses zero images, other sizes, unequal counts and the wrong magic`() {
        let cases: [([UInt8], [UInt8], MNISTError)] = [
            (IDXBuilding.images(0), labels, .file(.empty(file: "images"))),
            (images, IDXBuilding.labels([]), .file(.empty(file: "labels"))),
            (
                IDXBuilding.images(3, rows: 27, columns: 29), labels,
                .file(.wrongItemShape(file: "images", found: [27, 29], expected: [28, 28]))
            ),
            (
                images, IDXBuilding.labels([1, 2]),
                .countsDiffer(images: "images", imageCount: 3, labels: "labels", labelCount: 2)
            ),
            (labels, labels, .file(.wrongMagic(file: "images", found: 0x801, expected: 0x803))),
            (images, images, .file(.wrongMagic(file: "labels", found: 0x803, expected: 0x801))),
        ]
        for (images, labels, expected) in cases {
            #expect(IDXBuilding.decode(images: images, labels: labels).failure == expected)
        }
    }

    @Test func `says that gzip is inside gzip`() {
        let twice = IDXBuilding.gzip(IDXBuilding.gzip(images))
        #expect(
            IDXBuilding.decode(images: twice, labels: labels).failure
                == .file(.gzipInGzip(file: "images"))
        )
    }

    @Test func `exchanges rows and columns of images that are stored by columns`() throws {
        let original = try IDXBuilding.decode(images: images, labels: labels).get()
        var transposed = original
        transposed.transpose()
        for (row, column) in [(0, 0), (3, 20), (27, 1)] {
            #expect(
                transposed.image(at: 2)[row * 28 + column]
                    == original.image(at: 2)[column * 28 + row]
            )
        }
        #expect(transposed.label(at: 2) == 9)
        transposed.transpose()
        #expect(transposed == original)
    }

    @Test func `refuses a gzip file whose checksum is wrong`() {
        var damaged = IDXBuilding.gzip(images)
        damaged[damaged.count - 8] ^= 1
        #expect(
            IDXBuilding.decode(images: damaged, labels: labels).failure
                == .file(.corruptGzip(file: "images", reason: "wrong checksum or size"))
        )
    }
}
