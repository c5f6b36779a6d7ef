import CZeroMQ

/// Sets the C library's allocator up for large frames.
package enum AllocatorTuning {
    /// Makes the allocator keep freed memory for the next frame, and tells whether it will.
    ///
    /// libzmq allocates a buffer for every large frame it receives and frees it once it is read.
    /// By default glibc maps and unmaps, or grows and trims, such memory each time, and the
    /// kernel clears 60 pages anew for each 247 kB frame: 75 to 190 page faults a step, the
    /// largest avoidable cost of a step's communication (2 CPUs, libzmq 4.3.4). With these
    /// settings (mallopt(3)) a steady step faults not at all. The price: memory once used stays
    /// with the process, and one arena serves all threads.
    ///
    /// Call once, before threads start and frames arrive.
    @discardableResult
    package static func keepFreedMemory() -> Bool {
        let mebibyte: Int32 = 1 << 20
        // 32 MiB is the largest mapping threshold that every version of glibc takes.
        let outcomes = [
            mallopt(M_MMAP_THRESHOLD, 32 * mebibyte),
            mallopt(M_TRIM_THRESHOLD, 512 * mebibyte),
            mallopt(M_TOP_PAD, 64 * mebibyte),
            mallopt(M_ARENA_MAX, 1),
        ]
        return outcomes.allSatisfy { $0 == 1 }
    }
}
