package import Keys
import Synchronization
package import ZeroMQ

/// Which keys a coordinator lets in; may change while it serves.
package final class Admission: Sendable {
    /// The coordinator's own keys.
    let pair: CurveKeyPair

    /// What the loop polls and drains, to cut those that have been struck off.
    let wakeUp: WakeUp

    /// How long an invitation is good for.
    package static let invitationLifetime = Duration.seconds(15 * 60)

    private struct Keys {
        /// The keys on the list and what people call them.
        var listed: [CurveKey: String]
        var banned: Set<CurveKey> = []
        /// Public keys of invitations that nobody has used, and until when they are good.
        var invited: [CurveKey: ContinuousClock.Instant] = [:]
    }

    private let keys: Mutex<Keys>

    /// Held while the list's own place is read or written, together with what that does to `keys`:
    /// otherwise a list that was read before an enrolment would strike the new worker off, and an
    /// enrolment from before a revocation would let one in that is struck off.
    private let listing = Mutex(())

    /// Keeps the key of an invited worker for good, and names it.
    private let enroll: @Sendable (CurveKey) throws -> String

    /// Starts with a list.
    ///
    /// - Parameters:
    ///   - coordinator: the coordinator's keys.
    ///   - workers: the list.
    ///   - enroll: puts an invited worker's key where the list comes from, and returns its name.
    /// - Throws: when the process has no descriptors left.
    package init(
        _ coordinator: CoordinatorKey,
        workers: WorkerList,
        enroll: @escaping @Sendable (CurveKey) throws -> String = { _ in throw NoPlaceForKeys() }
    ) throws(ZeroMQError) {
        pair = coordinator.pair
        wakeUp = try WakeUp()
        keys = Mutex(Keys(listed: Self.names(of: workers)))
        self.enroll = enroll
    }

    /// Puts another list in place of the one before; the loop cuts whom it leaves out.
    package func replace(with workers: WorkerList) {
        keys.withLock { $0.listed = Self.names(of: workers) }
        wakeUp.signal()
    }

    /// Reads the list anew and puts it in place of the one before, if there is one to read.
    ///
    /// - Returns: the list that holds now; nil if none was read.
    /// - Throws: what reading throws; the list before stays.
    package func reload(_ read: () throws -> WorkerList?) throws -> WorkerList? {
        try listing.withLock { _ in
            let workers = try read()
            if let workers { replace(with: workers) }
            return workers
        }
    }

    /// Turns a key away as long as this process lives, listed or not; the loop cuts who came under
    /// it.
    func ban(_ key: CurveKey) {
        keys.withLock { _ = $0.banned.insert(key) }
        wakeUp.signal()
    }

    /// Whether a key is on the list now, and was not banned.
    func admits(_ key: CurveKey) -> Bool {
        keys.withLock { $0.listed[key] != nil && !$0.banned.contains(key) }
    }

    /// What people call a key that is on the list; nil for one that is not.
    func name(of key: CurveKey) -> String? { keys.withLock { $0.listed[key] } }

    private static func names(of workers: WorkerList) -> [CurveKey: String] {
        Dictionary(workers.entries.map { ($0.key, $0.name) }) { first, _ in first }
    }

    /// The list has no place that could be written to.
    package struct NoPlaceForKeys: Error {
        /// Says so.
        package init() {}
    }
}

/// Workers that come with an invitation instead of a key.
extension Admission {
    /// Invites one worker, which must come within ``invitationLifetime``.
    ///
    /// - Throws: when libzmq was built without CURVE.
    package func invite() throws(ZeroMQError) -> Invitation {
        let invitation = try Invitation(to: pair.publicKey)
        let end = ContinuousClock.now + Self.invitationLifetime
        keys.withLock { $0.invited[invitation.pair.publicKey] = end }
        return invitation
    }

    /// Whether a key is that of an invitation that is good.
    func isInvited(_ key: CurveKey) -> Bool {
        keys.withLock { $0.invited[key].map { ContinuousClock.now < $0 } ?? false }
    }

    /// Lists the key that an invited worker brings; the invitation is used up, whatever comes of
    /// it.
    ///
    /// - Returns: the worker's name; nil if the key could not be kept.
    func enroll(_ key: CurveKey, invitedAs invitation: CurveKey) -> String? {
        let isGood = isInvited(invitation)
        keys.withLock { $0.invited[invitation] = nil }
        guard isGood else { return nil }
        return listing.withLock { _ in
            guard let name = try? enroll(key) else { return nil }
            keys.withLock { $0.listed[key] = name }
            return name
        }
    }
}
