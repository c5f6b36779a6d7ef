internal import CMemoryHints

/// Asks for memory that will be read soon, so that it is on its way to the processor's cache while
/// something else is done.
package func prefetch(_ bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress { memory_prefetch(start, bytes.count) }
}
