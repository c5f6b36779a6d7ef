package import Kernels
internal import SeededRandom

/// Draws the images of a shard anew, each by an affine map of its own.
///
/// The map is a function of the seed, the step and the sample's place in the step's batch: whoever
/// computes the shard draws the same. It owns the memory of what it draws, so a thread has its own;
/// no call allocates.
package final class ImageAugmenter {
    private let kernels: KernelSet
    private let augmentation: Augmentation
    private let seed: UInt64
    private let memory: UnsafeMutableRawPointer

    /// The image with its border, and the table of neighbours.
    private static let scratchSize = 1_024 + 30 * 32 * 4
    private static let samplesSize = LeNet.shardSampleCountMax * LeNet.sampleSize

    /// Makes one with its memory.
    package init(kernels: KernelSet, augmentation: Augmentation, seed: UInt64) {
        self.kernels = kernels
        self.augmentation = augmentation
        self.seed = seed
        // The kernel writes four bytes behind an image, here into the next sample or past the last.
        let size = Self.scratchSize + Self.samplesSize + 4
        memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    }

    deinit { memory.deallocate() }

    /// The samples drawn anew, in memory that the next call overwrites.
    ///
    /// - Parameters:
    ///   - samples: 1 to 16 of `LeNet.sampleSize` bytes.
    ///   - step: which step, from 0.
    ///   - place: which place the first of them has in the step's batch.
    package func augmented(
        _ samples: UnsafeRawBufferPointer,
        step: Int,
        place: Int
    ) -> UnsafeRawBufferPointer {
        precondition(samples.count <= Self.samplesSize, "\(samples.count) bytes of samples")
        let target = memory + Self.scratchSize
        guard let source = samples.baseAddress else { return samples }
        for index in 0..<samples.count / LeNet.sampleSize {
            let offset = index * LeNet.sampleSize
            var random = RandomStream(seed: seed, stream: Self.stream(step, place + index))
            let map = augmentation.map(&random)
            withUnsafeBytes(of: map) { bytes in
                guard let numbers = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else {
                    return
                }
                kernels.affineImage(
                    (source + (offset + 1)).assumingMemoryBound(to: UInt8.self),
                    numbers,
                    memory,
                    (target + (offset + 1)).assumingMemoryBound(to: UInt8.self)
                )
            }
            // Behind the image before, whose end the kernel may have gone past.
            target.storeBytes(
                of: (source + offset).load(as: UInt8.self),
                toByteOffset: offset,
                as: UInt8.self
            )
        }
        return UnsafeRawBufferPointer(start: target, count: samples.count)
    }

    /// Streams of the seed from 2⁶³ on belong to images; those before, to weights and epochs.
    private static func stream(_ step: Int, _ place: Int) -> UInt64 {
        1 << 63 | UInt64(step) << 20 | UInt64(place)
    }
}
