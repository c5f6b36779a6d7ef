internal import MemoryHints
package import SeededRandom

/// An array of a shard in the layout of the kernels, [N, 16 samples], at a 64-byte boundary.
package final class ShardArray {
    /// N, the elements of one sample.
    package let elementCount: Int
    /// The memory, N × 16 floats.
    package let start: UnsafeMutablePointer<Float>

    /// Allocates zeros, in large pages if it is asked to.
    package init(elementCount: Int, inLargePages: Bool = false) {
        self.elementCount = elementCount
        let count = elementCount * 16
        let size = count * MemoryLayout<Float>.stride
        let memory =
            inLargePages
            ? LargePage.allocate(byteCount: size)
            : UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
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
