import Foundation
import KernelReference
import Kernels
import Model
import Testing

struct InputTransformTests {
    /// An image and what TensorFlow's `tf.image.resize` makes of it; see
    /// Fixtures/make_resize_fixture.py.
    private struct Record {
        let image: [UInt8]
        let resized: [Float]
    }

    @Test func `is named by two words, of which it must know both`() {
        for geometry in InputTransform.Geometry.allCases {
            for scale in InputTransform.Scale.allCases {
                #expect(
                    InputTransform(geometry: geometry.rawValue, scale: scale.rawValue)
                        == InputTransform(geometry: geometry, scale: scale)
                )
            }
        }
        #expect(InputTransform(geometry: "crop", scale: "unit") == nil)
        #expect(InputTransform(geometry: "pad", scale: "log") == nil)
    }

    private func records() throws -> [Record] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/resize.bin")
        let data = [UInt8](try Data(contentsOf: file))
        let size = 784 + 4 * 1_024
        try #require(data.count == 4 * size)
        return (0..<4).map { index in
            let record = data[index * size..<(index + 1) * size]
            let floats = Array(record.dropFirst(784)).withUnsafeBytes { bytes in
                (0..<1_024).map {
                    Float(
                        bitPattern: UInt32(
                            littleEndian: bytes.loadUnaligned(
                                fromByteOffset: $0 * 4,
                                as: UInt32.self
                            )
                        )
                    )
                }
            }
            return Record(image: Array(record.prefix(784)), resized: floats)
        }
    }

    @Test func `resizes as TensorFlow does`() throws {
        let records = try records()
        for record in records {
            let reference: [Float] = ReferenceInput.resized(record.image[...], isScaled: false)
            for (a, b) in zip(reference, record.resized) { #expect(abs(a - b) <= 1e-5) }
        }
        for kernels in KernelSet.runnable {
            let found = inputs(kernels, records.map(\.image), isResized: true, isScaled: false)
            let worst = zip(found, records.map(\.resized)).map { pair in
                zip(pair.0, pair.1).map { abs($0 - $1) }.max() ?? 1
            }
            #expect(worst.allSatisfy { $0 <= 1e-5 }, "\(kernels.name): \(worst)")
        }
    }

    @Test func `divides every byte by 255 correctly rounded`() {
        let image = (0..<784).map { UInt8($0 % 256) }
        for kernels in KernelSet.runnable {
            let found = inputs(kernels, [image], isResized: false, isScaled: true)[0]
            let expected: [Float] = ReferenceInput.padded(image[...], isScaled: true)
            #expect(found == expected, "\(kernels.name)")
        }
    }

    @Test func `divides interpolated pixels by 255 correctly rounded`() {
        let images = (1...16).map { Array(randomShard(count: 1, seed: $0).dropFirst()) }
        for kernels in KernelSet.runnable {
            let found = inputs(kernels, images, isResized: true, isScaled: true)
            for (input, image) in zip(found, images) {
                let expected: [Float] = ReferenceInput.resized(image[...], isScaled: true)
                #expect(input == expected, "\(kernels.name)")
            }
        }
    }

    /// Runs the loading kernels: [sample][32·32].
    private func inputs(
        _ kernels: KernelSet,
        _ images: [[UInt8]],
        isResized: Bool,
        isScaled: Bool
    ) -> [[Float]] {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: (784 + 1_024 + 32) * 64,
            alignment: 64
        )
        defer { memory.deallocate() }
        let pixels = memory.initializeMemory(
            as: Float.self,
            repeating: 0,
            count: (784 + 1_024 + 32) * 16
        )
        let input = pixels + 784 * 16
        let scratch = input + 1_024 * 16
        kernels.loadPixels(images.flatMap { $0 }, 784, images.count, scratch, pixels)
        if isResized {
            kernels.resizeImages(pixels, input, isScaled)
        } else {
            kernels.padImages(pixels, input, isScaled)
        }
        return images.indices.map { sample in (0..<1_024).map { input[$0 * 16 + sample] } }
    }
}
