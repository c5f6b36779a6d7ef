internal import CSharedMemory
import Glibc

/// Waits for many packet sockets at once, as one descriptor to poll. Belongs to one thread.
package struct PacketWaiter: ~Copyable {
    /// What to poll for reading.
    package let fileDescriptor: Int32

    private let numbers: UnsafeMutablePointer<UInt64>
    private var count = 0
    private var place = 0

    /// The most that the system is asked for at once.
    private static let countMax = 64

    /// Makes one that waits for nothing, or none where the system has no descriptors left.
    package init?() {
        let descriptor = waiter_create()
        guard descriptor >= 0 else { return nil }
        fileDescriptor = descriptor
        numbers = .allocate(capacity: Self.countMax)
    }

    deinit {
        close(fileDescriptor)
        numbers.deallocate()
    }

    /// Waits for another descriptor, until that is closed, and tells whether it will.
    package func add(_ descriptor: Int32, number: UInt64) -> Bool {
        waiter_add(fileDescriptor, descriptor, number) == 0
    }

    /// The number of a descriptor that can be read, each in turn; nil where there is none.
    package mutating func next() -> UInt64? {
        if place == count {
            place = 0
            count = Int(waiter_take(fileDescriptor, numbers, Int32(Self.countMax)))
        }
        guard place < count else { return nil }
        defer { place += 1 }
        return numbers[place]
    }
}
