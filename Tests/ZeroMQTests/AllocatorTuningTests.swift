import Glibc
import Testing
import ZeroMQ

/// The address sanitizer brings an allocator of its own, which has no settings.
private let isAddressSanitized = dlsym(nil, "__asan_init") != nil

struct AllocatorTuningTests {
    @Test(.disabled(if: isAddressSanitized))
    func `the allocator takes every setting`() {
        #expect(AllocatorTuning.keepFreedMemory())
    }
}
