import Synchronization
package import ZeroMQ

/// A request to end, made from any thread, that wakes the loop it is meant for.
package final class StopRequest: Sendable {
    let wakeUp: WakeUp
    private let wasMade = Atomic(false)

    /// Makes a request that nobody has made yet.
    ///
    /// - Throws: when the process has no descriptors left.
    package init() throws(ZeroMQError) { wakeUp = try WakeUp() }

    /// Whether it was made.
    package var isMade: Bool { wasMade.load(ordering: .acquiring) }

    /// Makes it; making it again changes nothing.
    package func make() {
        wasMade.store(true, ordering: .releasing)
        wakeUp.signal()
    }
}
