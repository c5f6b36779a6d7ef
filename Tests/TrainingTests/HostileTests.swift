import Figures
import Foundation
import Kernels
import Keys
import Model
import TestTools
import Testing
import TrainingDriver
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport
@testable import Training

/// What arrives that should not, in the midst of a run: nothing of it may show in the model.
struct HostileTests {
    /// Trains with one honest worker that stands still before the visitor comes, until it has done
    /// its worst.
    private func train(
        _ record: SmallRun.Record,
        admission: Admission? = nil,
        key: WorkerKey? = nil,
        joinLimit: JoinLimit = JoinLimit(),
        visitor: @escaping @Sendable (String) throws -> Void
    ) async throws -> (RunResult, [Float]) {
        var small = try SmallRun(workerCountMin: 1)
        small.run.start.joinLimit = joinLimit
        let gate = Gate()
        return try await small.train(
            with: [gate.kernels(like: small.kernels)],
            record,
            admission: admission,
            key: key,
            visitor: { endpoint in
                defer { gate.open() }
                try gate.waitUntilReached()
                try visitor(endpoint)
            }
        )
    }

    private func calmParameters() async throws -> [Float] {
        let calm = try SmallRun(workerCountMin: 1)
        return try await calm.train(with: [calm.kernels], SmallRun.Record()).1
    }

    private static func eventually(_ what: String, _ isTrue: () -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !isTrue() {
            guard ContinuousClock.now < deadline else { throw RawWorker.Missing(what: what) }
            usleep(1_000)
        }
    }

    private static let stamp = RunStamp(run: 1, generation: 2)

    /// Messages that are none, each with what the coordinator says of it.
    private static let foreign: [(frames: [[UInt8]], line: String)] = {
        let hello = Array(WireEncoding.bytes(of: .hello(protocolVersion: protocolVersion)))
        let work = Work(round: .step(index: 0), subtree: Subtree(level: 0, index: 0), version: 0)
        let answer = Array(WireEncoding.bytes(of: .answer(work, stamp)))
        var otherMagic = hello
        otherMagic[1] ^= 1
        return [
            ([[1, 2, 3]], "no header"), ([[]], "magic"), ([otherMagic], "magic"),
            ([hello + [UInt8](repeating: 0, count: 512)], "no header"),
            ([Array(WireEncoding.bytes(of: .finish(stamp)))], "body"),
            ([hello, [], [], []], "frames"), ([hello, [1]], "behind hello"),
            ([answer, [1, 2, 3]], "behind answer"),
            ([answer], "behind answer"),
        ]
    }()

    @Test func `drops what is no message, and counts it by kind`() async throws {
        let record = SmallRun.Record()
        let (result, parameters) = try await train(record) { endpoint in
            for (index, (frames, line)) in Self.foreign.enumerated() {
                let raw = try RawWorker(endpoint, number: UInt64(index))
                // Whoever was cut off may knock again.
                let lines = { record.foreignLines.filter { !$0.contains("had brought a message") } }
                let count = lines().count
                try raw.send(frames)
                // Its connection is ended, whether the line was due or not.
                _ = try raw.end(of: [.disconnected])
                let isTold = lines().count == count || lines().last?.contains(line) == true
                #expect(isTold, "\(lines())")
            }
            let nobody = try RawWorker(endpoint, identity: [1])
            try nobody.send([[1]])
            _ = try nobody.end(of: [.disconnected])
            // More than a message may have, which libzmq refuses by itself.
            let large = try RawWorker(endpoint, number: 99)
            try large.send([[UInt8](repeating: 0, count: messageSizeMax + 1)])
            _ = try large.end(of: [.disconnected])
        }
        #expect(result.outcome == .completed)
        #expect(
            Set(result.droppedMessages.keys)
                == ["header", "frames", "payload", "sender", "knock"],
            "\(result.droppedMessages)"
        )
        #expect(record.foreignLines.count == 5, "\(record.foreignLines)")
        #expect(try await parameters == calmParameters())
    }

    @Test func `tells a worker of another version so`() async throws {
        let record = SmallRun.Record()
        let (result, _) = try await train(record) { endpoint in
            let raw = try RawWorker(endpoint, number: 7)
            try raw.send(.hello(protocolVersion: protocolVersion + 1))
            let version = try raw.next("a refusal") {
                if case .refusal(let version) = $0 { version } else { nil }
            }
            #expect(version == protocolVersion)
        }
        #expect(result.outcome == .completed)
        let refused = Coordinator.Notice.workerRefused(
            WorkerID(rawValue: 7),
            protocolVersion: protocolVersion + 1
        )
        #expect(record.notices.contains(refused))
    }

    private static let zeros = [UInt8](repeating: 0, count: 4 * LeNet.digits.parameterCount)

    @Test func `takes no answer of another run, step or shard, and none that nobody asked for`()
        async throws
    {
        let record = SmallRun.Record()
        let (result, parameters) = try await train(record) { endpoint in
            let raw = try RawWorker(endpoint, number: 7)
            let stamp = try raw.join()
            let work = try raw.work()
            for foreign in [
                RunStamp(run: stamp.run &+ 1, generation: stamp.generation),
                RunStamp(run: stamp.run, generation: stamp.generation &+ 1),
            ] {
                try raw.send(.answer(work, foreign), payload: Self.zeros)
                _ = try raw.next("a request to join anew") {
                    if case .rejoin = $0 { true } else { nil }
                }
            }
            let step = work.version
            for (round, level, index, version) in [
                (Round.step(index: step), 20, 0, step), (.step(index: step), 20, 1 << 39, step),
                (.step(index: step), work.subtree.level, work.subtree.index ^ 1, step),
                (.step(index: step), work.subtree.level, work.subtree.index, step + 1),
                (.step(index: step + 1), 0, 0, step + 1), (.step(index: step + 1), 1, 0, step + 1),
                (.step(index: 1 << 39), 0, 0, 1 << 39), (.step(index: 0), 0, 0, 0),
            ] {
                let subtree = Subtree(level: level, index: index)
                let unasked = Work(round: round, subtree: subtree, version: version)
                try raw.send(.answer(unasked, stamp), payload: Self.zeros)
            }
            // Validation has no gradients.
            let unasked = Work(
                round: .validation(epochIndex: 0),
                subtree: Subtree(level: 0, index: 0),
                version: 12
            )
            try raw.send(.answer(unasked, stamp))
            try raw.send(.goodbye)
            try Self.eventually("its leave") {
                record.notices.contains {
                    if case .workerLost(WorkerID(rawValue: 7), _, _) = $0 { true } else { false }
                }
            }
        }
        #expect(result.outcome == .completed)
        #expect(try await parameters == calmParameters())
    }

    /// Sums that samples may have which are all classified wrongly.
    private static let possible = LossSums(lossSum: 10_000)

    @Test func `turns away who answers with numbers that are not finite, or cannot be`()
        async throws
    {
        let record = SmallRun.Record()
        var nan = Self.zeros
        nan.replaceSubrange(4_000..<4_004, with: [0, 0, 0xC0, 0x7F])
        var infinity = Self.zeros
        infinity.replaceSubrange((infinity.count - 4)..., with: [0, 0, 0x80, 0xFF])
        let wrongAnswers: [(LossSums, [UInt8])] = [
            (Self.possible, nan), (Self.possible, infinity),
            (LossSums(lossSum: .nan), Self.zeros),
            (LossSums(correctCount: 1 << 12), Self.zeros),
            (LossSums(lossSum: -5), Self.zeros),
            (LossSums(lossSum: 0), Self.zeros),
        ]
        let (result, parameters) = try await train(record) { endpoint in
            for (index, (sums, gradient)) in wrongAnswers.enumerated() {
                let raw = try RawWorker(endpoint, number: UInt64(index))
                let stamp = try raw.join()
                let work = try raw.work()
                try raw.send(.answer(work, stamp), sums: sums, payload: gradient)
                _ = try raw.next("a dismissal") {
                    if case .dismissal = $0 { true } else { nil }
                }
            }
        }
        #expect(result.outcome == .completed)
        #expect(result.trust.distrusted.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
        #expect(result.droppedMessages == ["numbers": 3, "sums": 3])
        #expect(try await parameters == calmParameters())
    }

    @Test func `outlasts a flood of requests to join`() async throws {
        let record = SmallRun.Record()
        // So low that too many come on a busy machine as well, where the run ends before it has
        // taken in all of them.
        let joinLimit = JoinLimit(burstMin: 16, period: .seconds(1))
        let (result, parameters) = try await train(record, joinLimit: joinLimit) { endpoint in
            let raw = try RawWorker(endpoint, number: 7)
            for _ in 0..<1_000 { try raw.send(.hello(protocolVersion: protocolVersion)) }
            try Self.eventually("a limit") { !record.foreignLines.isEmpty }
            try raw.send(.goodbye)
        }
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages["join", default: 0] > 100, "\(result.droppedMessages)")
        #expect(record.foreignLines.count == 1, "\(record.foreignLines)")
        #expect(try await parameters == calmParameters())
    }

    @Test func `believes no profile of a stranger, and no times that no clock tells`() async throws
    {
        let record = SmallRun.Record()
        let impossibleTimes: [(UInt64, UInt64)] = [
            (.max, 0), (0, .max), (1 << 60, 0), (0, 1 << 62),
        ]
        let (result, _) = try await train(record) { endpoint in
            for (index, (start, clock)) in ([(0, 0)] + impossibleTimes).enumerated() {
                let raw = try RawWorker(endpoint, number: UInt64(index))
                if index > 0 { _ = try raw.join() }
                let header = ProfileHeader(
                    welcomed: clock,
                    sent: 0,
                    answerCount: 1,
                    allocationCount: 1
                )
                let words = Phase.allCases.map { _ in UInt64(0) } + [start, 1 << 8]
                let payload = words.withUnsafeBytes { Array($0) }
                try raw.send([Array(WireEncoding.bytes(of: header)), payload])
                _ = try raw.end(of: [.disconnected])
            }
        }
        #expect(result.droppedMessages["profile"] == 5, "\(result.droppedMessages)")
        // A worker has two seconds to take leave, which a sanitizer may take for itself.
        #expect(result.workerProfiles.count == 1 || Sanitizer.patience > 1, "\(record.notices)")
    }

    @Test func `takes an answer though its worker's connection has ended`() async throws {
        let record = SmallRun.Record()
        let number: UInt64 = 7
        let (result, _) = try await train(record) { endpoint in
            var raw: RawWorker? = try RawWorker(endpoint, number: number)
            guard let stamp = try raw?.join(), let work = try raw?.work() else { return }
            raw = nil
            try Self.eventually("its end") {
                record.notices.contains {
                    if case .workerLost(WorkerID(rawValue: number), _, _) = $0 {
                        true
                    } else {
                        false
                    }
                }
            }
            let late = try RawWorker(endpoint, number: number)
            let zeros = [UInt8](repeating: 0, count: LeNet.digits.parameterCount * 4)
            try late.send(.answer(work, stamp), sums: Self.possible, payload: zeros)
            try late.next("a wish that it join again") {
                if case .rejoin = $0 { () } else { nil }
            }
        }
        #expect(result.outcome == .completed)
    }

    @Test func `ends a message that never ends`() async throws {
        let record = SmallRun.Record()
        let (result, parameters) = try await train(record) { endpoint in
            let raw = try RawConnection(endpoint)
            let identity = routingID(of: WorkerID(rawValue: 7))
            #expect(raw.write(RawConnection.greeting + RawConnection.ready(identity: identity)))
            let size = 1 << 20
            let frame =
                RawConnection.head(size: UInt64(size), hasMore: true)
                + [UInt8](repeating: 0, count: size)
            let isEnded = (0..<20_000).contains { _ in !raw.write(frame) }
            #expect(isEnded)
        }
        #expect(result.droppedMessages == ["endless": 1])
        #expect(try await parameters == calmParameters())
    }

    @Test func `lets a worker in however many connections say nothing`() async throws {
        let record = SmallRun.Record()
        let strangerCount = ConnectionWatch().strangerCountMax + 40
        let (result, parameters) = try await train(record) { endpoint in
            var strangers: [RawConnection] = []
            for number in 0..<strangerCount {
                let stranger = try RawConnection(endpoint)
                // As far as the handshake goes, so that it does not run out of time.
                let identity = routingID(of: WorkerID(rawValue: UInt64(1_000 + number)))
                _ = stranger.write(
                    RawConnection.greeting + RawConnection.ready(identity: identity)
                )
                strangers.append(stranger)
            }
            try Self.eventually("the end of some") {
                record.foreignLines.contains { $0.contains("before it had brought a message") }
            }
            let raw = try RawWorker(endpoint, number: 7)
            _ = try raw.join()
            // Whoever came last would go for ever otherwise.
            #expect(strangers[0].isEnded(within: 20))
            try raw.send(.goodbye)
        }
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages.keys.sorted() == ["knock"], "\(result.droppedMessages)")
        #expect(try await parameters == calmParameters())
    }

    @Test func `bans who speaks in another worker's name`() async throws {
        let folder = try TemporaryFolder()
        let keys = KeyFolder(path: folder.path + "/keys")
        try keys.make(firstWorker: "honest")
        try keys.add("hostile")
        let coordinator = try keys.coordinator()
        let honest = try WorkerKey(path: keys.workerPath("honest"))
        let hostile = try WorkerKey(path: keys.workerPath("hostile"))
        let admission = try Admission(coordinator, workers: keys.workers())
        let record = SmallRun.Record()
        let (result, parameters) = try await train(record, admission: admission, key: honest) {
            endpoint in
            func joined() -> [WorkerID] {
                record.notices.compactMap {
                    if case .workerJoined(let worker, _) = $0 { worker } else { nil }
                }
            }
            try Self.eventually("the honest worker") { !joined().isEmpty }
            let curve = CurveIdentity.connecting(as: hostile.pair, to: hostile.coordinator)
            let raw = try RawWorker(endpoint, number: joined()[0].rawValue, curve: curve)
            try raw.send(.goodbye)
            let end = try raw.end(of: [.handshakeAuthenticationFailed])
            #expect(end == .handshakeAuthenticationFailed)
        }
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages["imposture", default: 0] >= 1, "\(result.droppedMessages)")
        #expect(try await parameters == calmParameters())
    }
}
