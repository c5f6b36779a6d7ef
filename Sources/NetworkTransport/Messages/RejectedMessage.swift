package import Sealing
import Transport
package import Wire
package import ZeroMQ

/// Something that arrived and is no part of the run, so that nothing came of it.
package enum RejectedMessage: Equatable, Rejection {
    /// Not the frames that a message of a worker has.
    case frames(count: Int)
    /// A connection whose identity is no worker's.
    case sender
    /// A connection under a key that was refused.
    case key(CurveKey)
    /// A message under a key that is not listed any more, in another worker's name, or of a worker
    /// too many.
    case objection(WorkerAdmission.Objection)
    /// A first frame that is no header.
    case header(WireError)
    /// A payload that does not belong to its header.
    case payload(size: Int, message: String)
    /// A profile of nobody that was welcomed, or with times that no clock tells.
    case profile
    /// An answer whose sums cannot be.
    case sums
    /// An answer that is not finite where the right one is.
    case numbers
    /// An invited worker's key, which could not be put on the list.
    case unkept
    /// More bytes than messages of a worker have, and no end of them.
    case endless
    /// A sealed message that the link's key does not open, or not again.
    case seal(SealingError)
    /// A connection to the payload port that has opened no link for long.
    case silence
    /// A connection that has ended without a message.
    case knock
    /// A worker that asks to join while too many do, or take part already.
    case join

    /// What it is counted as, in `summary.json` too.
    package var kind: String {
        switch self {
        case .frames: "frames"
        case .sender: "sender"
        case .key: "key"
        case .objection(.unlisted): "key"
        case .objection(.imposture): "imposture"
        case .objection(.tooMany), .join: "join"
        case .header: "header"
        case .payload: "payload"
        case .profile: "profile"
        case .sums: "sums"
        case .numbers: "numbers"
        case .unkept: "unkept"
        case .endless: "endless"
        case .seal(.replayed): "replay"
        case .seal: "seal"
        case .silence: "silence"
        case .knock: "knock"
        }
    }

    /// Whether it is what anybody can do who reaches the port, and comes to nothing: nobody has to
    /// look into it.
    package var isKnock: Bool {
        switch self {
        case .key, .silence, .knock: true
        case .frames, .sender, .objection, .header, .payload, .profile, .sums, .numbers, .unkept,
            .endless, .seal, .join:
            false
        }
    }

    package var isInWorkersName: Bool {
        if case .objection = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .frames(let count): "a message of \(count) frames"
        case .sender: "a message of a sender that is no worker"
        case .key(let key): "a connection under the key \(key.text), which is not listed"
        case .objection(let objection): objection.rawValue
        case .header(let error): error.description
        case .payload(let size, let message): "a payload of \(size) bytes behind \(message)"
        case .profile: "a profile of nobody, or with times that no clock tells"
        case .sums: "an answer whose sums no samples have"
        case .numbers: "an answer that is not finite where the right one is"
        case .unkept: "an invited worker's key, which could not be put on the list"
        case .endless: "a message without end"
        case .seal(let error): error.description
        case .silence: "a connection to the payload port that opened no link"
        case .knock: "a connection that ended before it had brought a message"
        case .join: "a request to join, of too many at once, which a worker repeats"
        }
    }
}
