/// A part of an array of a shard, [N, 16 samples]; it names memory that must outlive it, so that
/// computing counts no references.
package struct ShardSlice {
    /// N, the elements of one sample.
    package let elementCount: Int
    /// The memory, N × 16 floats.
    package let start: UnsafeMutablePointer<Float>

    /// The memory as integers.
    package var integers: UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(start).bindMemory(to: Int32.self, capacity: elementCount * 16)
    }

    /// The memory as integers of 16 bits, two to an element's float.
    package var bits: UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer(start).bindMemory(to: UInt16.self, capacity: elementCount * 32)
    }

    /// The memory as integers of 32 bits.
    package var words: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(start).bindMemory(to: UInt32.self, capacity: elementCount * 16)
    }

    /// The memory as bytes.
    package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: elementCount * 64)
    }
}
