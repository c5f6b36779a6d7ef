internal import CKernelProcessor

/// Memory in pages of 2 MiB, where the system has such.
///
/// The kernels go through sixteen samples side by side, each of which lies in pages of its own: of
/// small ones, more than the CPU keeps the addresses of.
package enum LargePage {
    private static let size = 2 << 20

    /// Allocates whole pages, of which only what is used takes memory where they are small.
    ///
    /// Free it with `deallocate()`.
    package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let whole = (byteCount + size - 1) / size * size
        let memory = UnsafeMutableRawPointer.allocate(byteCount: whole, alignment: size)
        kernel_processor_prefer_large_pages(memory, whole)
        return memory
    }
}
