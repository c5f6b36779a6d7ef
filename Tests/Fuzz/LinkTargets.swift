import Training
import TrainingProtocol
import Wire

/// What processes of the same host write to each other: packets, and words in shared memory.
///
/// An input is a conversation: a byte that says what is done, in its upper two bits, and with how
/// many of the bytes that follow.
extension FuzzTarget {
    private static var conversations: [[UInt8]] { [words] + talks }

    /// Every word of an exchange, with numbers at which sizes and indices go wrong.
    private static var words: [UInt8] {
        (0..<24).flatMap { place -> [UInt8] in
            [1 << 63, .max, 1 << 31, 0].flatMap { (number: UInt64) -> [UInt8] in
                let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
                return [64 | 9, UInt8(place)] + bytes + [128 | 1, 0, 192 | 1, 2]
            }
        }
    }

    private static var talks: [[UInt8]] {
        let heads = headers(of: stamp).filter { $0.count < 48 }
        return (0..<8).map { offset in
            (0..<16).flatMap { index -> [UInt8] in
                let header = heads[(index * 5 + offset) % heads.count]
                let slot = UInt32((index + offset) % 14)
                let size = UInt32([0, 246_824, 785, 16 * 785][(index + offset) % 4])
                let prefix = [slot, size].flatMap { number in
                    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
                }
                let packet = prefix + header
                let word: [UInt8] = [64 | 9, UInt8(index + offset), 1, 0, 0, 0, 0, 0, 0, 0]
                return [UInt8(packet.count)] + packet + word + [128 | 1, UInt8(index), 192 | 1, 7]
            }
        }
    }

    /// A worker's side of what the coordinator hears.
    static var workerPackets: FuzzTarget {
        FuzzTarget(name: "worker-packets", corpus: conversations) { bytes in
            guard let conversation = ConversationWithCoordinator() else { return }
            for (kind, part) in parts(of: bytes) {
                switch kind {
                case 0: conversation.send(part)
                case 1: conversation.write(part)
                case 2: conversation.letCoordinatorAct(Int(part.first ?? 0))
                default: conversation.connect(isOther: part.first == 7)
                }
                conversation.hear()
            }
        }
    }

    /// The coordinator's side of what a worker hears.
    static var coordinatorPackets: FuzzTarget {
        FuzzTarget(name: "coordinator-packets", corpus: conversations) { bytes in
            guard let conversation = ConversationWithWorker(opening: bytes.count % 8) else {
                return
            }
            for (kind, part) in parts(of: bytes) {
                switch kind {
                case 0: conversation.send(part)
                case 1: conversation.write(part, isParameters: false)
                case 2: conversation.write(part, isParameters: true)
                default: conversation.letWorkerAct(Int(part.first ?? 0))
                }
                guard conversation.hear() else { return }
            }
        }
    }

    /// The times that a worker tells, after a header that a coordinator may have accepted.
    static var profile: FuzzTarget {
        let words: [UInt64] = (0..<14).map { $0 < 10 ? 1 << $0 : 0x0102 }
        let payload = words.withUnsafeBytes { Array($0) }
        return FuzzTarget(name: "profile", corpus: [payload, Array(payload.prefix(80))]) { bytes in
            let header = ProfileHeader(
                welcomed: bytes.first == 1 ? .max : 5,
                sent: UInt64(bytes.last ?? 0) << 52,
                answerCount: 1,
                allocationCount: 1
            )
            let profile = bytes.withUnsafeBytes {
                WorkerProfile(header, $0, sliceCountMax: 4, welcomed: 1, received: 1 << 58)
            }
            guard let profile else { return }
            check(profile.slices.count <= 4, "\(profile.slices.count) slices")
            for slice in profile.slices {
                // As a trace does.
                _ = Int64(clamping: slice.start) - profile.clockOffset
                check(slice.start < 1 << 60, "a slice at \(slice.start)")
            }
        }
    }

    private static func parts(of bytes: [UInt8]) -> [(kind: Int, part: [UInt8])] {
        var parts: [(kind: Int, part: [UInt8])] = []
        var rest = bytes[...]
        while let head = rest.popFirst() {
            parts.append((Int(head >> 6), Array(rest.prefix(Int(head & 63)))))
            rest = rest.dropFirst(Int(head & 63))
        }
        return parts
    }
}
