import CSharedMemory
import Glibc

/// Memory that several processes of one host see, without a name in any folder.
///
/// It lasts until the last process lets go of it, so a process that is killed leaves nothing
/// behind. Nobody can make it shorter, or a reader would be killed. It is `@unchecked Sendable`
/// because it is memory without locks: who may write which part when is its users' to agree on.
package final class SharedRegion: @unchecked Sendable {
    /// The bytes, at a page's boundary; zero at first.
    package let bytes: UnsafeMutableRawBufferPointer

    private let descriptor: Int32

    /// Makes a region of zeros; a page takes memory once it is written to.
    ///
    /// - Throws: when the system does not give that much, or does not know such memory.
    package convenience init(size: Int) throws(SharedMemoryError) {
        let descriptor = shared_memory_create(size)
        guard descriptor >= 0 else {
            throw .callFailed(operation: "make shared memory", code: -descriptor)
        }
        try self.init(owning: descriptor, size: size, isWritable: true)
    }

    /// Takes part in a region that another process has made, and owns the descriptor.
    ///
    /// - Throws: when it is not exactly `size` bytes that nobody can shrink.
    package convenience init(
        joining descriptor: consuming PassedDescriptor,
        size: Int,
        isWritable: Bool
    ) throws(SharedMemoryError) {
        let actualSize = shared_memory_size(descriptor.rawValue)
        guard actualSize == size else { throw .unexpectedRegion(size: actualSize, expected: size) }
        try self.init(owning: descriptor.take(), size: size, isWritable: isWritable)
    }

    private init(
        owning descriptor: Int32,
        size: Int,
        isWritable: Bool
    ) throws(SharedMemoryError) {
        let protection = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
        let start = mmap(nil, size, protection, MAP_SHARED, descriptor, 0)
        guard let start, start != MAP_FAILED else {
            let code = errno
            close(descriptor)
            throw .callFailed(operation: "map shared memory", code: code)
        }
        self.descriptor = descriptor
        bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
    }

    deinit {
        munmap(bytes.baseAddress, bytes.count)
        close(descriptor)
    }

    /// What another process joins the region with, able to write or not.
    ///
    /// - Throws: when the process has no descriptors left.
    package func descriptorToPass(
        isWritable: Bool
    ) throws(SharedMemoryError) -> PassedDescriptor {
        let opened =
            isWritable
            ? fcntl(descriptor, F_DUPFD_CLOEXEC, 0) : shared_memory_open_for_reading(descriptor)
        guard opened >= 0 else {
            let code = isWritable ? errno : -opened
            throw .callFailed(operation: "open shared memory for another process", code: code)
        }
        return PassedDescriptor(rawValue: opened)
    }
}

/// A descriptor on its way from one process to another; closed unless somebody takes it.
package struct PassedDescriptor: ~Copyable {
    let rawValue: Int32

    deinit { close(rawValue) }

    init(rawValue: Int32) { self.rawValue = rawValue }

    consuming func take() -> Int32 {
        let rawValue = rawValue
        discard self
        return rawValue
    }
}
