internal import CSharedMemory
import Glibc

/// Waits for many packet sockets at once, as one descriptor to poll. Belongs to one thread.
package struct PacketWaiter: ~Copyable {
    /// What to poll for reading.
    package let fileDescriptor: Int32

    /// Makes one that waits for nothing, or none where the system has no descriptors left.
    package init?() {
        let descriptor = waiter_create()
        guard descriptor >= 0 else { return nil }
        fileDescriptor = descriptor
    }

    deinit { close(fileDescriptor) }

    /// Waits for another descriptor, until that is closed, and tells whether it will.
    package func add(_ descriptor: Int32, number: UInt64) -> Bool {
        waiter_add(fileDescriptor, descriptor, number) == 0
    }

    /// The number of a descriptor that can be read, each in turn; nil where there is none.
    package func next() -> UInt64? {
        var number: UInt64 = 0
        return waiter_next(fileDescriptor, &number) == 1 ? number : nil
    }
}
