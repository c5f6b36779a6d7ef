internal import CMemoryHints

/// Memory in pages of 2 MiB, where the system has such.
///
/// Whoever goes through memory in leaps, as the kernels do through sixteen samples side by side,
/// meets more small pages than the CPU keeps the addresses of.
package enum LargePage {
    private static let size = 2 << 20
    private static let smallSize = 4 << 10

    /// Allocates whole pages, of which only what is used takes memory where they are small.
    ///
    /// Free it with `deallocate()`.
    package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let whole = (byteCount + size - 1) / size * size
        let memory = UnsafeMutableRawPointer.allocate(byteCount: whole, alignment: size)
        memory_prefer_large_pages(memory, whole)
        return memory
    }

    /// Asks for such pages where there are none yet: for what lies in memory that nobody has written
    /// to since it was allocated.
    package static func prefer(for bytes: UnsafeMutableRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        let first = start.alignedUp(toMultipleOf: smallSize)
        let count = bytes.count - (first - start)
        if count >= size { memory_prefer_large_pages(first, count / smallSize * smallSize) }
    }
}
