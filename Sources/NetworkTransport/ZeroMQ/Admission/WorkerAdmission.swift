import TrainingProtocol
import ZeroMQ

/// Keeps which worker came under which key, so that none speaks for another and one that is struck
/// off the list falls silent.
///
/// A worker's number is the identity of its connection, which libzmq gives to whoever claims it
/// last. Numbers are drawn from 2⁶⁴ and travel encrypted, so a worker that gives another's number
/// means to: its key is banned, and the connection of the worker that it spoke for is cut, so that
/// this one comes again and takes its number back.
package struct WorkerAdmission {
    /// Why a message is not to be heard.
    package enum Objection: String {
        case unlisted = "a message under a key that is not listed"
        case imposture =
            "a message in the name of another worker, whose sender's key is banned from now on"
        case tooMany = "a message of a worker too many"
    }

    private let admission: Admission
    private var keys: [WorkerID: CurveKey] = [:]

    /// More workers than this were never seen at once; beyond it, only those it knows are heard.
    private static let workerCountMax = 100_000

    /// Has met no worker yet.
    init(_ admission: Admission) { self.admission = admission }

    /// Why a message is not to be heard; nil if it is.
    mutating func objection(to worker: WorkerID, under key: CurveKey?) -> Objection? {
        guard let key, admission.admits(key) else {
            return .unlisted
        }
        if let known = keys[worker] {
            if known == key { return nil }
            admission.ban(key)
            keys[worker] = nil
            return .imposture
        }
        guard keys.count < Self.workerCountMax else { return .tooMany }
        keys[worker] = key
        return nil
    }

    /// Forgets the workers whose keys are listed no more, and returns them in the order of their
    /// numbers.
    mutating func removeRevoked() -> [WorkerID] {
        let revoked = keys.filter { !admission.admits($0.value) }.keys
        for worker in revoked { keys[worker] = nil }
        return revoked.sorted { $0.rawValue < $1.rawValue }
    }
}
