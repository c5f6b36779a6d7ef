import Figures
import Sealing
import TrainingProtocol
import Wire

/// What comes over the network.
extension FuzzTarget {
    static let stamp = RunStamp(run: 0x0123_4567_89AB_CDEF, generation: 7)

    /// Headers of every message, of a run of this stamp.
    static func headers(of stamp: RunStamp) -> [[UInt8]] {
        let works = [
            Work(round: .step(index: 0), subtree: Subtree(level: 0, index: 0), version: 0),
            Work(round: .step(index: 1), subtree: Subtree(level: 1, index: 1), version: 1),
            Work(
                round: .validation(epochIndex: 0),
                subtree: Subtree(level: 2, index: 0),
                version: 3
            ),
            Work(round: .test, subtree: Subtree(level: 0, index: 3), version: 6),
        ]
        let sums = LossSums(lossSum: 2.5, correctCount: 16)
        let workers: [WorkerMessage] = [
            .hello(protocolVersion: protocolVersion), .heartbeat(stamp), .goodbye,
        ]
        let input = InputSettings(geometry: "pad", scale: "unit")
        let coordinators: [CoordinatorMessage] = [
            .welcome(input, stamp), .refusal(protocolVersion: 3), .dismissal(stamp),
            .parameters(version: 2, stamp), .heartbeat(stamp), .rejoin(stamp), .finish(stamp),
        ]
        return works.map { Array(WireEncoding.bytes(of: .answer($0, stamp), sums: sums)) }
            + workers.map { Array(WireEncoding.bytes(of: $0)) }
            + works.map { Array(WireEncoding.bytes(of: CoordinatorMessage.work($0, stamp))) }
            + coordinators.map { Array(WireEncoding.bytes(of: $0)) }
    }

    static var wire: FuzzTarget {
        FuzzTarget(name: "wire", corpus: headers(of: stamp)) { bytes in
            bytes.withUnsafeBytes { raw in
                if case .message(let message, let sums)? = try? WireDecoding.workerContents(raw) {
                    let again = Array(WireEncoding.bytes(of: message, sums: sums))
                    let second = again.withUnsafeBytes { try? WireDecoding.workerContents($0) }
                    guard case .message(message, _)? = second else {
                        fatalError("\(message) does not survive its encoding")
                    }
                }
                _ = try? WireDecoding.coordinatorMessage(raw)
            }
        }
    }

    /// Frames of one key, of which none may open that was damaged.
    static var sealed: FuzzTarget {
        let secret = SealingSecret(copying: (0..<32).map { UInt8($0) })!
        let sealer = FrameSealer(secret)
        let corpus = headers(of: stamp).filter { $0.count <= SealedFrame.headerSizeMax }
            .enumerated().map { (index, header) -> [UInt8] in
                let payload = [UInt8](repeating: UInt8(index), count: 100 * index)
                let size = SealedFrame.size(payloadSize: payload.count)
                var frame = [UInt8](repeating: 0, count: size)
                frame.withUnsafeMutableBytes { frame in
                    payload.withUnsafeBytes {
                        sealer.seal(header: header, payload: $0, into: frame)
                    }
                }
                return frame
            }
        return FuzzTarget(name: "sealed", corpus: corpus) { bytes in
            let size = SealedFrame.payloadSize(size: bytes.count) ?? bytes.count
            var payload = [UInt8](repeating: 0xFF, count: size)
            let isOpened = payload.withUnsafeMutableBytes { payload in
                bytes.withUnsafeBytes { bytes in
                    (try? FrameOpener(secret).open(bytes, into: payload)) != nil
                }
            }
            check(isOpened == corpus.contains(bytes), "a damaged frame opens, or a whole one not")
        }
    }

    /// A conversation: a byte that says who speaks and how long the message is, then the message.
    ///
    /// What the coordinator's machine answers is carried out as far as it binds the machine, and
    /// nothing may be accepted twice, or of shards that are none.
    static var machine: FuzzTarget {
        let heads = headers(of: stamp).filter { $0.count < 64 }
        let corpus = (0..<8).map { offset in
            (0..<24).flatMap { index -> [UInt8] in
                let header = heads[index < 3 ? 4 : (index * 5 + offset) % 7]
                return [UInt8(index % 4) << 6 | UInt8(header.count)] + header
            }
        }
        return FuzzTarget(name: "machine", corpus: corpus) { bytes in
            var conversation = Conversation()
            var rest = bytes[...]
            while let head = rest.popFirst() {
                let message = rest.prefix(Int(head & 63))
                rest = rest.dropFirst(Int(head & 63))
                conversation.say(Array(message), worker: UInt64(head >> 6))
            }
        }
    }
}

/// A coordinator's machine that hears whatever it is told.
private struct Conversation {
    private static let schedule = Schedule(
        trainingSampleCount: 96,
        validationSampleCount: 64,
        testSampleCount: 64,
        batchSize: 48,
        epochCount: 3
    )

    private var machine: Coordinator
    private var now = Duration.zero
    private var accepted: [Round: [Int]] = [:]
    private var early: [Round: [Int]] = [:]
    private var leased: [WorkerID: Set<Work>] = [:]

    init() {
        var settings = Coordinator.Settings(
            stamp: FuzzTarget.stamp,
            schedule: Self.schedule,
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: 1,
            stepsPerCheckpoint: 1
        )
        settings.verification = Verification(perMillion: 300_000)
        machine = Coordinator(settings: settings, position: Position())
    }

    mutating func say(_ bytes: [UInt8], worker: UInt64) {
        now += .milliseconds(300)
        var events: [Coordinator.Event] = []
        let worker = WorkerID(rawValue: worker)
        let contents = bytes.withUnsafeBytes { try? WireDecoding.workerContents($0) }
        if case .message(let message, _)? = contents {
            if case .answer(let work, _) = message { _ = machine.awaits(work, from: worker) }
            events.append(.received(message, from: worker))
        } else {
            events.append(bytes.count % 2 == 0 ? .disconnected(worker) : .deadlineReached)
        }
        while !events.isEmpty {
            for action in machine.handle(events.removeFirst(), at: now) {
                if let event = carryOut(action, worker) { events.append(event) }
            }
        }
        check(machine.standstill == nil, machine.standstill ?? "")
    }

    private mutating func carryOut(
        _ action: Coordinator.Action,
        _ speaker: WorkerID
    ) -> Coordinator.Event? {
        switch action {
        case .send(.work(let work, _), let worker): leased[worker, default: []].insert(work)
        case .accept(let work, _):
            let shardCount = Self.schedule.shardCount(of: work.round)
            let shards = work.subtree.shards(of: shardCount)
            check(leased[speaker]?.contains(work) == true, "\(work) was not asked for")
            let old = accepted[work.round, default: []]
            check(!shards.isEmpty && !shards.contains { old.contains($0) }, "\(work) again")
            accepted[work.round] = old + shards
        case .acceptEarlySegment(let work):
            let shards = work.subtree.shards(of: Self.schedule.shardCount(of: work.round))
            check(leased[speaker]?.contains(work) == true, "\(work) was not asked for")
            let old = accepted[work.round, default: []]
            let isFresh = !shards.contains { old.contains($0) }
            check(!shards.isEmpty && isFresh, "the early segment of \(work) late")
            early[work.round, default: []] += shards
        case .applyEarlySegment(let index):
            let round = Round.step(index: index)
            let there = Set(early[round, default: []] + accepted[round, default: []])
            check(there.count == Self.schedule.shardCount(of: round), "segment \(index) early")
        case .discard(let round): (accepted[round], early[round]) = (nil, nil)
        case .applyStep(let index):
            let count = accepted[.step(index: index)]?.count
            check(count == Self.schedule.shardCount(of: .step(index: index)), "step \(index) early")
        case .compare(let work, _, let second):
            return .compared(work, wrong: work.version % 2 == 0 ? [second] : [])
        case .recompute(let work, _): return .compared(work, wrong: [])
        case .findCheckpoint(let position): return .foundCheckpoint(nil, before: position)
        case .send, .forget, .recordEpoch, .recordTest, .saveCheckpoint, .report, .end: break
        }
        return nil
    }
}
