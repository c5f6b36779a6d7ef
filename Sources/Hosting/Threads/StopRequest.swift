package import ZeroMQ

/// A request to end, made from any thread, that wakes the loop it is meant for.
package final class StopRequest: Sendable {
    /// What the loop polls and drains.
    package let wakeUp: WakeUp

    /// Makes a request that nobody has made yet.
    ///
    /// - Throws: when the process has no descriptors left.
    package init() throws(ZeroMQError) { wakeUp = try WakeUp() }

    /// Makes it.
    package func make() { wakeUp.signal() }
}
