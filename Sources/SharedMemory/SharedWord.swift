internal import CSharedMemory

/// A 64-bit word of shared memory with which processes tell each other about the memory beside it.
package struct SharedWord: @unchecked Sendable {
    private let address: UnsafeMutablePointer<UInt64>

    /// Names the word at `offset` of a region, a multiple of 8.
    package init(in region: SharedRegion, at offset: Int) {
        precondition(
            offset % 8 == 0 && offset >= 0 && offset + 8 <= region.bytes.count,
            "a word at \(offset) of \(region.bytes.count) bytes"
        )
        address = (region.bytes.baseAddress! + offset).assumingMemoryBound(to: UInt64.self)
    }

    /// Reads it; whatever its writer wrote before is seen from then on.
    package func load() -> UInt64 { shared_load(address) }

    /// Writes it, and whoever reads it sees what was written before.
    package func store(_ value: UInt64) { shared_store(address, value) }

    /// Writes it so that whoever sees what is written after sees this too.
    package func storeFirst(_ value: UInt64) { shared_store_first(address, value) }

    /// Reads it after all that was read before.
    package func loadLast() -> UInt64 { shared_load_last(address) }
}
