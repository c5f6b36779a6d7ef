package import Keys
import Synchronization
package import ZeroMQ

/// Which keys a coordinator lets in; may change while it serves.
package final class Admission: Sendable {
    /// The coordinator's own keys.
    let pair: CurveKeyPair

    /// What the loop polls and drains, to cut those that have been struck off.
    let wakeUp: WakeUp

    private let listed: Mutex<Set<CurveKey>>

    /// Starts with a list.
    ///
    /// - Throws: when the process has no descriptors left.
    package init(_ coordinator: CoordinatorKey, workers: WorkerList) throws(ZeroMQError) {
        pair = coordinator.pair
        wakeUp = try WakeUp()
        listed = Mutex(Set(workers.entries.map(\.key)))
    }

    /// Puts another list in place of the one before; the loop cuts whom it leaves out.
    package func replace(with workers: WorkerList) {
        listed.withLock { $0 = Set(workers.entries.map(\.key)) }
        wakeUp.signal()
    }

    /// Whether a key is on the list now.
    func admits(_ key: CurveKey) -> Bool { listed.withLock { $0.contains(key) } }
}
