import Foundation
import Keys
import Sealing
import Synchronization
import TestTools
import Testing
import TrainingProtocol
import Wire
import ZeroMQ

@testable import Training

/// Runs whose payloads go sealed through a second port, and what may come to it.
@Suite(.serialized) struct SealedLinkTests {
    private let record = SmallRun.Record()

    /// Trains encrypted with two workers, of which one stands still until the visitor is done.
    private func train(
        payloadPort: PayloadPort = .automatic,
        through relays: ((Int, Int?) throws -> [Relay])? = nil,
        visitor: @escaping @Sendable (SmallRun.Record) throws -> Void = { _ in }
    ) async throws -> (RunResult, [Float]) {
        let keys = try DrawnKeys()
        let small = try SmallRun()
        let gate = Gate()
        var opened: [Relay] = []
        defer { for relay in opened { relay.end() } }
        return try await small.train(
            with: [gate.kernels(like: small.kernels), small.kernels],
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

    /// Trains while somebody on the way changes messages to the payload port, once; both workers'
    /// links are open by then.
    private func trainChanging(
        _ change: @escaping @Sendable ([UInt8]) -> [[UInt8]]
    ) async throws -> (RunResult, [Float]) {
        let hasChanged = Atomic(false)
        return try await train(through: { port, payloadPort in
            let relay = try Relay(port: #require(payloadPort)) { number, frame in
                // The first message opens the link.
                guard number > 0, !hasChanged.exchange(true, ordering: .relaxed) else {
                    return [frame]
                }
                return change(frame)
            }
            return [try Relay(port: port), relay]
        }) { record in
            try Self.eventually("two links") { record.openedLinks.count >= 2 }
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
            #expect(result.droppedMessages == ["seal": 1], "\(place): \(result.droppedMessages)")
            // Its worker came again, and got another link.
            #expect(fresh.losses >= 1, "\(fresh.record.notices)")
            #expect(try await parameters == calmParameters())
        }
    }

    @Test func `takes no sealed message twice`() async throws {
        let (result, parameters) = try await trainChanging { [$0, $0] }
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages == ["replay": 1], "\(result.droppedMessages)")
        #expect(try await parameters == calmParameters())
    }

    @Test func `bears sealed messages that are lost or kept back on the way`() async throws {
        let (result, parameters) = try await trainChanging { _ in [] }
        #expect(result.outcome == .completed)
        #expect(result.droppedMessages.isEmpty, "\(result.droppedMessages)")
        #expect(try await parameters == calmParameters())
        let kept = Mutex<[UInt8]?>(nil)
        let other = SealedLinkTests()
        let (second, again) = try await other.train(through: { port, payloadPort in
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
        }) { record in
            try Self.eventually("two links") { record.openedLinks.count >= 2 }
        }
        #expect(second.outcome == .completed)
        #expect(try await again == calmParameters())
    }

    @Test func `hears nobody at its payload port whom it has not welcomed`() async throws {
        let (result, parameters) = try await train(visitor: { record in
            try Self.eventually("two links") { record.openedLinks.count == 2 }
            let port = try #require(record.payloadPort)
            let endpoint = "tcp://127.0.0.1:\(port)"
            let frame = [UInt8](repeating: 7, count: SealedFrame.size(payloadSize: 246_824))
            let identity = LinkID.routingID(LinkID().bytes)
            for frames in [[[]], [[1, 2, 3]], [frame], [[], frame, []]] {
                for identity in [identity, [1], routingID(of: record.openedLinks[0])] {
                    let raw = try RawWorker(endpoint, identity: identity)
                    try raw.send(frames)
                    _ = try raw.end(of: [.disconnected])
                }
            }
            let large = try RawWorker(endpoint, identity: identity)
            try large.send([[UInt8](repeating: 0, count: sealedMessageSizeMax + 1)])
            _ = try large.end(of: [.disconnected])
            let endless = try RawConnection(endpoint)
            #expect(endless.write(RawConnection.greeting + RawConnection.ready(identity: identity)))
            let part =
                RawConnection.head(size: 1 << 16, hasMore: true)
                + [UInt8](repeating: 0, count: 1 << 16)
            #expect((0..<100_000).contains { _ in !endless.write(part) })
            // Says nothing at all.
            let silent = try RawConnection(endpoint)
            #expect(silent.write(RawConnection.greeting + RawConnection.ready(identity: [2])))
            #expect(silent.isEnded(within: 30))
        })
        #expect(result.outcome == .completed)
        #expect(
            Set(result.droppedMessages.keys) == ["sender", "frames", "endless", "silence"],
            "\(result.droppedMessages)"
        )
        #expect(losses == 0, "\(record.notices)")
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
