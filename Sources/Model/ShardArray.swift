internal import Glibc
package import SeededRandom

/// An array of a shard in the layout of the kernels, [N, 16 samples], at a 64-byte boundary.
package final class ShardArray {
    /// N, the elements of one sample.
    package let elementCount: Int
    /// The memory, N × 16 floats.
    package let start: UnsafeMutablePointer<Float>

    /// Allocates zeros; in one page of 2 MiB, where the system has such, if it is asked to.
    ///
    /// The kernels go through sixteen samples side by side, each of which lies in pages of its own:
    /// more small pages than the CPU keeps the addresses of.
    package init(elementCount: Int, inLargePage: Bool = false) {
        self.elementCount = elementCount
        let count = elementCount * 16
        let size = count * MemoryLayout<Float>.stride
        let pageSize = 2 << 20
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: inLargePage ? (size + pageSize - 1) / pageSize * pageSize : size,
            alignment: inLargePage ? pageSize : 64
        )
        // A refusal costs time only.
        if inLargePage { madvise(memory, pageSize, MADV_HUGEPAGE) }
        start = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    }

    /// Fills the first `sampleCount` lanes with random numbers of `range`; the others stay zero.
    package convenience init(
        elementCount: Int,
        sampleCount: Int = 16,
        in range: ClosedRange<Float> = -1...1,
        random: inout RandomStream
    ) {
        self.init(elementCount: elementCount)
        for element in 0..<elementCount {
            for sample in 0..<sampleCount {
                start[element * 16 + sample] =
                    range.lowerBound + random.uniformFloat() * (range.upperBound - range.lowerBound)
            }
        }
    }

    /// All of it.
    package var slice: ShardSlice { ShardSlice(elementCount: elementCount, start: start) }

    deinit {
        UnsafeMutableRawPointer(start).deallocate()
    }

    /// One sample's elements.
    package func sample(_ index: Int) -> [Float] {
        (0..<elementCount).map { start[$0 * 16 + index] }
    }

    /// Sets rectified elements: what is negative becomes zero.
    package func rectify() {
        for index in 0..<elementCount * 16 { start[index] = max(start[index], 0) }
    }
}
