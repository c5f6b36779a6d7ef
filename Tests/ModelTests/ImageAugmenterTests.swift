import Foundation
import Kernels
import SeededRandom
import Testing

@testable import Model

struct ImageAugmenterTests {
    private let strong = Augmentation(shift: 4, rotation: 60, scale: 0.4, shear: 0.5)

    /// One image by the kernel's formula, a pixel at a time.
    private func drawn(_ pixels: [UInt8], _ map: Augmentation.Map) -> [UInt8] {
        func pixel(_ x: Int, _ y: Int) -> Float {
            (0..<28).contains(x) && (0..<28).contains(y) ? Float(pixels[y * 28 + x]) : 0
        }
        func bordered(_ value: Float) -> Float { min(max(value + 1, 0), 29) }
        var result: [UInt8] = []
        for y in 0..<28 {
            for x in 0..<28 {
                let (column, row) = (Float(x), Float(y))
                let u = bordered(map.2.addingProduct(map.1, row).addingProduct(map.0, column))
                let v = bordered(map.5.addingProduct(map.4, row).addingProduct(map.3, column))
                let (left, top) = (u.rounded(.down), v.rounded(.down))
                let (i, j) = (Int(left) - 1, Int(top) - 1)
                let (right, down) = (u - left, v - top)
                let upper = pixel(i, j).addingProduct(right, pixel(i + 1, j) - pixel(i, j))
                let lower = pixel(i, j + 1)
                    .addingProduct(right, pixel(i + 1, j + 1) - pixel(i, j + 1))
                result.append(UInt8(upper.addingProduct(down, lower - upper) + 0.5))
            }
        }
        return result
    }

    private func augmented(
        _ samples: [UInt8],
        _ augmentation: Augmentation,
        _ kernels: KernelSet,
        seed: UInt64 = 1,
        step: Int = 3,
        place: Int = 16
    ) -> [UInt8] {
        let augmenter = ImageAugmenter(kernels: kernels, augmentation: augmentation, seed: seed)
        return withExtendedLifetime(augmenter) {
            samples.withUnsafeBytes {
                // What an earlier shard leaves behind must not show.
                _ = augmenter.augmented($0, step: 9, place: 0)
                return Array(augmenter.augmented($0, step: step, place: place))
            }
        }
    }

    private func images(_ samples: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: samples.count, by: LeNet.sampleSize)
            .map { Array(samples[$0 + 1..<$0 + LeNet.sampleSize]) }
    }

    @Test func `has the bits of a loop over single pixels, on every instruction set`() {
        for sampleCount in [1, 2, 15, 16] {
            let samples = randomShard(count: sampleCount, seed: UInt64(sampleCount))
            for kernels in KernelSet.runnable {
                let found = augmented(samples, strong, kernels)
                #expect(found.count == samples.count)
                for (index, image) in images(samples).enumerated() {
                    let start = index * LeNet.sampleSize
                    #expect(found[start] == samples[start], "a label of \(kernels.name)")
                    let stream = 1 << 63 | UInt64(3) << 20 | UInt64(16 + index)
                    var random = RandomStream(seed: 1, stream: stream)
                    let expected = drawn(image, strong.map(&random))
                    #expect(
                        images(found)[index] == expected,
                        "\(kernels.name), sample \(index) of \(sampleCount)"
                    )
                }
            }
        }
    }

    @Test func `leaves images as they are where every strength is zero`() {
        let samples = randomShard(count: 16, seed: 4)
        for kernels in KernelSet.runnable {
            #expect(augmented(samples, Augmentation(), kernels) == samples, "\(kernels.name)")
        }
    }

    @Test func `draws by seed, step and place, whatever else is in the shard`() {
        let kernels = KernelSet.runnable[0]
        let samples = randomShard(count: 16, seed: 2)
        let whole = augmented(samples, strong, kernels)
        let half = LeNet.sampleSize * 5
        #expect(
            augmented(Array(samples[half...]), strong, kernels, place: 21) == Array(whole[half...])
        )
        for other in [
            augmented(samples, strong, kernels, seed: 2),
            augmented(samples, strong, kernels, step: 4),
            augmented(samples, strong, kernels, place: 32),
        ] {
            #expect(zip(images(other), images(whole)).allSatisfy { $0 != $1 })
        }
    }

    @Test func `moves, turns, scales and slants as far as its strengths say`() {
        var random = RandomStream(seed: 5, stream: 1)
        var (far, angle, size) = (0.0, 0.0, 0.0)
        for _ in 0..<2_000 {
            let moved = Augmentation(shift: 3).map(&random)
            #expect(moved.0 == 1 && moved.1 == 0 && moved.3 == 0 && moved.4 == 1)
            #expect(abs(moved.2) <= 3 && abs(moved.5) <= 3)
            far = max(far, abs(Double(moved.2)))
            let turned = Augmentation(rotation: 90).map(&random)
            angle = max(angle, abs(atan2(Double(turned.3), Double(turned.0))))
            #expect(abs(turned.0 * turned.4 - turned.1 * turned.3 - 1) < 1e-6)
            // The middle stays where it is.
            let middle = Double(turned.0 + turned.1) * 13.5 + Double(turned.2)
            #expect(abs(middle - 13.5) < 1e-5)
            let scaled = Augmentation(scale: 0.25).map(&random)
            size = max(size, 1 / Double(scaled.0))
            #expect((0.8...1.3334).contains(Double(scaled.0)) && scaled.0 == scaled.4)
            let slanted = Augmentation(shear: 0.5).map(&random)
            #expect(slanted.0 == 1 && abs(slanted.1) <= 0.5 && slanted.3 == 0)
        }
        #expect(far > 2.9 && angle > 0.49 * Double.pi && size > 1.24)
    }

    @Test func `reads its words back, and nothing else`() {
        #expect(Augmentation(words: strong.words) == strong)
        #expect(!Augmentation().isActive && strong.isActive)
        for words in [
            "", "1", "1 2 0.1", "1 2 0.1 0.1 0", "29 0 0 0", "0 181 0 0", "0 0 1 0",
            "0 0 0 1.1", "-1 0 0 0", "nan 0 0 0", "1  0 0 0", "a b c d", "inf 0 0 0",
        ] {
            #expect(Augmentation(words: words) == nil, "\(words)")
        }
    }
}
