package import Keys
import Synchronization
package import ZeroMQ

/// Which keys a coordinator lets in; may change while it serves.
package final class Admission: Sendable {
    /// The coordinator's own keys.
    let pair: CurveKeyPair

    /// What the loop polls and drains, to cut those that have been struck off.
    let wakeUp: WakeUp

    private struct Keys {
        var listed: Set<CurveKey>
        var banned: Set<CurveKey> = []
    }

    private let keys: Mutex<Keys>

    /// Starts with a list.
    ///
    /// - Throws: when the process has no descriptors left.
    package init(_ coordinator: CoordinatorKey, workers: WorkerList) throws(ZeroMQError) {
        pair = coordinator.pair
        wakeUp = try WakeUp()
        keys = Mutex(Keys(listed: Set(workers.entries.map(\.key))))
    }

    /// Puts another list in place of the one before; the loop cuts whom it leaves out.
    package func replace(with workers: WorkerList) {
        keys.withLock { $0.listed = Set(workers.entries.map(\.key)) }
        wakeUp.signal()
    }

    /// Turns a key away as long as this process lives, listed or not; the loop cuts who came under
    /// it.
    func ban(_ key: CurveKey) {
        keys.withLock { _ = $0.banned.insert(key) }
        wakeUp.signal()
    }

    /// Whether a key is on the list now, and was not banned.
    func admits(_ key: CurveKey) -> Bool {
        keys.withLock { $0.listed.contains(key) && !$0.banned.contains(key) }
    }
}
