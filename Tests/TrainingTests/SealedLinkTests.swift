import Foundation
import Keys
import Sealing
import Synchronization
import TestTools
import Testing
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport
@testable import Training

/// Runs whose payloads go sealed through a second port, and what may come to it.
@Suite(.serialized) struct SealedLinkTests {
    private let record = SmallRun.Record()

    /// Trains encrypted; the workers take their time, and the first stands still in the end, until
    /// the visitor is done.
    private func train(
        workerCount: Int = 2,
        payloadPort: PayloadPort = .automatic,
        through relays: ((Int, Int?) throws -> [Relay])? = nil,
        visitor: @escaping @Sendable (SmallRun.Record) throws -> Void = { _ in }
    ) async throws -> (RunResult, [Float]) {
        let keys = try DrawnKeys()
        let small = try SmallRun(workerCountMin: workerCount)
        let gate = Gate()
        var opened: [Relay] = []
        defer { for relay in opened { relay.end() } }
        return try await small.train(
            with: [gate.kernels(like: small.kernels, shard: 20, pause: 30_000)]
                + Array(
                    repeating: gate.kernels(like: small.kernels, shard: 0, pause: 30_000),
                    count: workerCount - 1
                ),
            record,
            offersLinks: false,
            payloadPort: payloadPort,
            admission: Admission(keys.coordinator, workers: keys.workers),
            key: keys.workerKey,
            detour: { endpoint, payloadPort in
                guard let relays, let port = PayloadPort.port(of: endpoint) else { return endpoint }
                opened = try relays(port, payloadPort)
                return "tcp://127.0.0.2:\(port)"
            },
            visitor: { [record] _ in
                defer { gate.open() }
                try visitor(record)
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

    /// Workers that were lost, or joined again.
    private var losses: Int {
        record.notices.count { if case .workerLost = $0 { true } else { false } }
    }

    @Test func `computes the same through sealed links`() async throws {
        let (result, parameters) = try await train(visitor: { record in
            try Self.eventually("two links") { record.openedLinks.count == 2 }
        })
        #expect(result.outcome == .completed)
        #expect(result.profile.traffic.sealedMessageCount > result.profile.stepCount)
        #expect(result.droppedMessages.isEmpty, "\(result.droppedMessages)")
        #expect(losses == 0, "\(record.notices)")
        #expect(record.log.lines.count { $0.contains("payloads go sealed") } == 2)
        #expect(try await parameters == calmParameters())
    }

    @Test func `offers no link where none is wanted`() async throws {
        let (result, parameters) = try await train(payloadPort: .none)
        #expect(result.profile.traffic.sealedMessageCount == 0)
        #expect(record.payloadPort == nil && record.openedLinks.isEmpty)
        #expect(try await parameters == calmParameters())
    }

    @Test func `goes on without a payload port that cannot be reached, and says so once`()
        async throws
    {
        let (result, parameters) = try await train(through: { port, _ in [try Relay(port: port)] })
        { record in
            try Self.eventually("two notices") {
                record.log.lines.count { $0.contains("--payload-port") } == 2
            }
        }
        #expect(result.outcome == .completed)
        #expect(result.profile.traffic.sealedMessageCount == 0)
        #expect(losses == 0, "\(record.notices)")
        #expect(record.log.lines.count { $0.contains("--payload-port") } == 2)
        #expect(try await parameters == calmParameters())
    }

    @Test func `goes on without a payload port that swallows everything`() async throws {
        let (result, parameters) = try await train(through: { port, payloadPort in
            [try Relay(port: port), try Relay(port: #require(payloadPort)) { _, _ in [] }]
        })
        #expect(result.outcome == .completed)
        #expect(result.profile.traffic.sealedMessageCount == 0 && record.openedLinks.isEmpty)
        #expect(losses == 0, "\(record.notices)")
        #expect(try await parameters == calmParameters())
    }

    /// Trains with one worker while somebody on the way changes a message of it to the payload
    /// port, once its link is open.
    private func trainChanging(
        _ change: @escaping @Sendable ([UInt8]) -> [[UInt8]]
    ) async throws -> (RunResult, [Float]) {
        let hasChanged = Atomic(false)
        return try await train(
            workerCount: 1,
            through: { port, payloadPort in
                let relay = try Relay(port: #require(payloadPort)) { number, frame in
                    // The first message opens the link.
                    guard number > 0, !hasChanged.exchange(true, ordering: .relaxed) else {
                        return [frame]
                    }
                    return change(frame)
                }
                return [try Relay(port: port), relay]
            }
        ) { record in
            try Self.eventually("a link") { record.openedLinks.count == 1 }
        }
    }

    @Test func `takes no sealed message of which a bit was changed on the way`() async throws {
        for place in [9, 16, 100, 200, 5_000, -1] {
            let fresh = SealedLinkTests()
            let (result, parameters) = try await fresh.trainChanging { frame in
                var frame = frame
                frame[place < 0 ? frame.count + place : min(place, frame.count - 20)] ^= 4
                return [frame]
            }
            #expect(result.outcome == .completed)
            // What was sent ahead may be lost with the link, and its rest be no gradient.
            #expect(result.droppedMessages["seal"] == 1, "\(place): \(result.droppedMessages)")
            #expect(Set(result.droppedMessages.keys).isSubset(of: ["seal", "payload", "knock"]))
            // Its worker came again, and got another link.
            #expect(fresh.losses >= 1, "\(fresh.record.notices)")
            #expect(try await parameters == calmParameters())
        }
    }

    @Test func `takes no sealed message twice`() async throws {
        let (result, parameters) = try await trainChanging { [$0, $0] }
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages["replay"] == 1, "\(result.droppedMessages)")
        #expect(Set(result.droppedMessages.keys).isSubset(of: ["replay", "payload", "knock"]))
        #expect(try await parameters == calmParameters())
    }

    @Test func `bears sealed messages that are lost or kept back on the way`() async throws {
        let (result, parameters) = try await trainChanging { _ in [] }
        #expect(result.outcome == .completed)
        // Where it was a segment sent ahead, the rest alone is no gradient.
        #expect(Set(result.droppedMessages.keys).isSubset(of: ["payload", "knock"]))
        #expect(try await parameters == calmParameters())
        let kept = Mutex<[UInt8]?>(nil)
        let other = SealedLinkTests()
        let (second, again) = try await other.train(
            workerCount: 1,
            through: { port, payloadPort in
                let relay = try Relay(port: #require(payloadPort)) { number, frame in
                    kept.withLock { kept in
                        if number == 1, kept == nil {
                            kept = frame
                            return []
                        }
                        guard number == 2, let first = kept, !first.isEmpty else { return [frame] }
                        kept = []
                        return [frame, first]
                    }
                }
                return [try Relay(port: port), relay]
            }
        ) { record in
            try Self.eventually("a link") { record.openedLinks.count == 1 }
        }
        #expect(second.outcome == .completed)
        #expect(Set(second.droppedMessages.keys).isSubset(of: ["payload", "replay", "knock"]))
        #expect(try await again == calmParameters())
    }

    @Test func `hears nobody at its payload port whom it has not welcomed`() async throws {
        let (result, parameters) = try await train(
            workerCount: 1,
            visitor: { record in
                try Self.eventually("a link") { record.openedLinks.count == 1 }
                let endpoint = "tcp://127.0.0.1:\(try #require(record.payloadPort))"
                let frame = [UInt8](repeating: 7, count: SealedFrame.size(payloadSize: 246_824))
                // libzmq hears no second connection of an identity while it has a first one.
                for (index, frames) in [[[]], [[1, 2, 3]], [frame], [[], frame, []]].enumerated() {
                    for identity in [LinkID.routingID(LinkID().bytes), [1, UInt8(index)]] {
                        let raw = try RawWorker(endpoint, identity: identity)
                        try raw.send(frames)
                        _ = try raw.end(of: [.disconnected])
                    }
                }
                let large = try RawWorker(endpoint, identity: [2])
                try large.send([[UInt8](repeating: 0, count: sealedMessageSizeMax + 1)])
                _ = try large.end(of: [.disconnected])
            }
        )
        #expect(result.outcome == .completed)
        #expect(
            result.droppedMessages.filter { $0.key != "knock" } == ["sender": 6, "frames": 2],
            "\(result.droppedMessages)"
        )
        #expect(try await parameters == calmParameters())
    }

    @Test func `ends messages without end and silence at its payload port`() async throws {
        let (result, parameters) = try await train(
            workerCount: 1,
            visitor: { record in
                try Self.eventually("a link") { record.openedLinks.count == 1 }
                let endpoint = "tcp://127.0.0.1:\(try #require(record.payloadPort))"
                let silent = try RawConnection(endpoint)
                #expect(silent.write(RawConnection.greeting + RawConnection.ready(identity: [4])))
                let endless = try RawConnection(endpoint)
                #expect(endless.write(RawConnection.greeting + RawConnection.ready(identity: [3])))
                // Greeting and handshake; what comes before its end breaks the protocol.
                #expect(endless.awaitReady())
                let part =
                    RawConnection.head(size: 1 << 16, hasMore: true)
                    + [UInt8](repeating: 0, count: 1 << 16)
                #expect((0..<100_000).contains { _ in !endless.write(part) })
                #expect(silent.isEnded(within: 60))
            }
        )
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages == ["endless": 1, "silence": 1])
        #expect(try await parameters == calmParameters())
    }

    @Test func `reads a payload port, and names it beside an address`() {
        #expect(PayloadPort("auto") == .automatic && PayloadPort("none") == PayloadPort.none)
        #expect(PayloadPort("5556") == .number(5_556))
        for text in ["", "0", "65536", "-1", "any", "5556 "] { #expect(PayloadPort(text) == nil) }
        #expect(PayloadPort.number(6).endpoint(beside: "tcp://*:5555") == "tcp://*:6")
        #expect(PayloadPort.automatic.endpoint(beside: "tcp://[::1]:*") == "tcp://[::1]:*")
        #expect(PayloadPort.automatic.endpoint(beside: "ipc:///tmp/socket") == nil)
        #expect(PayloadPort.none.endpoint(beside: "tcp://*:5555") == nil)
    }
}
