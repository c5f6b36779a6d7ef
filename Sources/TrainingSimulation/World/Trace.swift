import TrainingProtocol

/// Everything that happened in a simulated run, as a hash and, on demand, as text.
struct Trace: Sendable {
    private var hash = StableHash()
    /// A line for each thing that happened; empty unless text was asked for.
    private(set) var lines: [String] = []
    private let hasText: Bool

    init(hasText: Bool) { self.hasText = hasText }

    /// The same in any process for the same seed.
    var digest: UInt64 { hash.value }

    /// Notes what happened: `verb` and `numbers` go into the hash, `text` only into the lines.
    mutating func note(
        _ time: Duration,
        _ place: Place,
        _ verb: Verb,
        _ numbers: UInt64 = 0,
        _ text: @autoclosure () -> String = ""
    ) {
        hash.mix(UInt64(bitPattern: Int64(time / .microseconds(1))))
        hash.mix(place.number << 8 | UInt64(verb.rawValue))
        hash.mix(numbers)
        guard hasText else { return }
        lines.append("\(Self.seconds(time)) \(place) \(verb) \(text())")
    }

    private static func seconds(_ time: Duration) -> String {
        let microseconds = Int64(time / .microseconds(1))
        let fraction = String(microseconds % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.count)
        return "\(microseconds / 1_000_000).\(zeros)\(fraction)"
    }

    enum Verb: UInt8 {
        case sends, hears, loses, cannotReach, computes, connects, disconnects
        case starts, crashes, freezes, thaws, ends, isBlocked, isUnblocked, applies
        case saves, stores, cannotStore, reports, rejects, calms, isAskedToStop, goesBack, rots
        case fills, slowsDown, recovers
    }
}

/// Who did it.
enum Place: Equatable, Sendable, CustomStringConvertible {
    case coordinator
    /// By its slot: the machine that it runs on, whichever process that is.
    case worker(Int)
    /// By its number among the relays, and its slot.
    case relay(Int, slot: Int)

    var number: UInt64 {
        switch self {
        case .coordinator: 0
        case .worker(let slot), .relay(_, let slot): UInt64(slot) + 1
        }
    }

    var description: String {
        switch self {
        case .coordinator: "coordinator"
        case .worker(let slot): "worker \(slot)"
        case .relay(let number, _): "relay \(number)"
        }
    }
}

/// Numbers that stand for messages in the trace's hash.
extension WorkerMessage {
    var traceNumber: UInt64 {
        switch self {
        case .hello: 1
        case .answer(let work, let stamp): 2 &+ work.traceNumber &* 16 &+ stamp.generation << 48
        case .earlySegment(let work, let stamp):
            13 &+ work.traceNumber &* 16 &+ stamp.generation << 48
        case .heartbeat(let stamp): 3 &+ stamp.generation << 48
        case .goodbye: 4
        }
    }
}

extension CoordinatorMessage {
    var traceNumber: UInt64 {
        switch self {
        case .welcome: 5
        case .refusal: 6
        case .dismissal(let stamp): 12 &+ stamp.generation << 48
        case .work(let work, let stamp): 7 &+ work.traceNumber &* 16 &+ stamp.generation << 48
        case .parameters(let version, let stamp):
            8 &+ UInt64(version) &* 16 &+ stamp.generation << 48
        case .heartbeat(let stamp): 9 &+ stamp.generation << 48
        case .rejoin(let stamp): 10 &+ stamp.generation << 48
        case .finish(let stamp): 11 &+ stamp.generation << 48
        }
    }
}

extension Work {
    var traceNumber: UInt64 {
        let roundNumber: Int
        switch round {
        case .step(let index): roundNumber = index * 4
        case .validation(let epochIndex): roundNumber = epochIndex * 4 + 1
        case .test: roundNumber = 2
        }
        var hash = StableHash()
        hash.mix(UInt64(roundNumber))
        hash.mix(UInt64(subtree.level << 32 | subtree.index))
        hash.mix(UInt64(version))
        return hash.value
    }
}
