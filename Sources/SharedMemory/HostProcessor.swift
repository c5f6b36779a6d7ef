internal import CSharedMemory

/// A processor of this host, by the system's number.
package struct HostProcessor: Hashable, Sendable {
    /// The system's number, from 0.
    package let number: Int

    /// Wraps a number.
    package init(number: Int) { self.number = number }

    /// The one that the calling thread runs on.
    package static var current: HostProcessor {
        HostProcessor(number: Int(processor_current()))
    }

    /// Those that the calling thread may run on.
    package static var allowed: [HostProcessor] {
        (0..<processor_count()).map { HostProcessor(number: Int(processor_at($0))) }
    }

    /// Moves the calling thread here, if it may run here; from here the system may move it on.
    package func attract() { processor_move(Int32(truncatingIfNeeded: number)) }
}
