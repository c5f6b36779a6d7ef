import Testing

@testable import TrainingProtocol

/// The relay's machine, event by event.
struct RelayTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private static let input = InputSettings(geometry: "pad", scale: "unit")
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)
    private var hello: WorkerMessage { .hello(protocolVersion: protocolVersion) }

    private func work(_ level: Int, _ index: Int, step: Int = 0) -> Work {
        Work(
            round: .step(index: step),
            subtree: Subtree(level: level, index: index),
            version: step
        )
    }

    /// A relay with two workers that was leased shards 4 to 6 of the first step.
    private func relay(at now: Duration = .zero) -> Relay {
        var relay = Relay(settings: Relay.Settings())
        _ = relay.handle(.connected, at: now)
        for worker in [anna, bert] {
            _ = relay.handle(.receivedFromBelow(hello, from: worker), at: now)
        }
        for message in [
            CoordinatorMessage.welcome(Self.input, Self.stamp), .work(work(2, 1), Self.stamp),
        ] { _ = relay.handle(.receivedFromAbove(message, shardCount: 3), at: now) }
        return relay
    }

    private func tell(
        _ relay: inout Relay,
        _ message: WorkerMessage,
        from worker: WorkerID
    ) -> [Relay.Action] {
        relay.handle(.receivedFromBelow(message, from: worker), at: .zero)
    }

    @Test func `joins once it has a worker of its own, and welcomes it then`() {
        var relay = Relay(settings: Relay.Settings())
        #expect(relay.handle(.connected, at: .zero) == [])
        #expect(relay.nextDeadline == nil)
        #expect(tell(&relay, hello, from: anna) == [.sendUp(hello)])
        #expect(tell(&relay, hello, from: anna) == [])
        let welcome = CoordinatorMessage.welcome(Self.input, Self.stamp)
        #expect(
            relay.handle(.receivedFromAbove(welcome, shardCount: 0), at: .zero) == [
                .prepare(Self.input), .sendDown(welcome, to: anna),
                .report(.workerJoined(anna, workerCount: 1)),
            ]
        )
    }

    @Test func `leases the parts ahead of the parameters, and answers with their sum`() {
        var relay = Relay(settings: Relay.Settings())
        for worker in [anna, bert] { _ = tell(&relay, hello, from: worker) }
        let welcome = CoordinatorMessage.welcome(Self.input, Self.stamp)
        _ = relay.handle(.receivedFromAbove(welcome, shardCount: 0), at: .zero)
        let (whole, left, right) = (work(2, 1), work(1, 2), work(0, 6))
        #expect(
            relay.handle(
                .receivedFromAbove(.work(whole, Self.stamp), shardCount: 3),
                at: .zero
            ) == [
                .storeSamples(whole), .beginSum(whole, shardCount: 3),
                .sendDown(.work(left, Self.stamp), to: anna),
                .sendDown(.work(right, Self.stamp), to: bert),
            ]
        )
        let parameters = CoordinatorMessage.parameters(version: 0, Self.stamp)
        #expect(
            relay.handle(.receivedFromAbove(parameters, shardCount: 0), at: .zero) == [
                .storeParameters(version: 0), .sendDown(parameters, to: anna),
                .sendDown(parameters, to: bert),
            ]
        )
        #expect(
            tell(&relay, .earlySegment(left, Self.stamp), from: anna) == [
                .acceptEarlySegment(left, of: whole)
            ]
        )
        #expect(
            tell(&relay, .earlySegment(right, Self.stamp), from: bert) == [
                .acceptEarlySegment(right, of: whole),
                .sendUp(.earlySegment(whole, Self.stamp)),
            ]
        )
        #expect(
            tell(&relay, .answer(left, Self.stamp), from: anna) == [.accept(left, of: whole)]
        )
        #expect(
            tell(&relay, .answer(right, Self.stamp), from: bert) == [
                .accept(right, of: whole), .sendUp(.answer(whole, Self.stamp)), .discard(whole),
            ]
        )
    }

    @Test func `gives a lost worker's part to another`() {
        var relay = relay()
        let parameters = CoordinatorMessage.parameters(version: 0, Self.stamp)
        _ = relay.handle(.receivedFromAbove(parameters, shardCount: 0), at: .zero)
        _ = tell(&relay, .answer(work(0, 6), Self.stamp), from: bert)
        #expect(
            relay.handle(.lost(anna), at: .zero) == [
                .report(.workerLost(anna, .disconnected, workerCount: 1)),
                .sendDown(.work(work(1, 2), Self.stamp), to: bert),
            ]
        )
        #expect(relay.standstill == nil)
    }

    @Test func `leaves once it has been without a worker for a second`() {
        var relay = relay()
        for worker in [anna, bert] { _ = relay.handle(.lost(worker), at: .milliseconds(100)) }
        #expect(relay.nextDeadline == .seconds(1))
        _ = relay.handle(.deadlineReached, at: .seconds(1))
        #expect(
            relay.handle(.deadlineReached, at: .milliseconds(1_100)) == [
                .sendUp(.goodbye), .discard(work(2, 1)),
            ]
        )
        #expect(relay.nextDeadline == nil)
        #expect(tell(&relay, hello, from: anna) == [.sendUp(hello)])
    }

    @Test func `has its workers join again when the coordinator is another`() {
        var relay = relay()
        _ = relay.handle(.disconnected, at: .zero)
        let stamp = RunStamp(run: 1, generation: 3)
        let welcome = CoordinatorMessage.welcome(Self.input, stamp)
        #expect(
            relay.handle(.receivedFromAbove(welcome, shardCount: 0), at: .zero) == [
                .prepare(Self.input), .sendDown(.rejoin(stamp), to: anna),
                .sendDown(.rejoin(stamp), to: bert),
            ]
        )
        #expect(
            tell(&relay, .answer(work(1, 2), Self.stamp), from: anna) == [
                .sendDown(.rejoin(stamp), to: anna)
            ]
        )
    }

    @Test func `keeps its workers when the same coordinator welcomes it again`() {
        var relay = relay()
        _ = relay.handle(.disconnected, at: .zero)
        let welcome = CoordinatorMessage.welcome(Self.input, Self.stamp)
        #expect(
            relay.handle(.receivedFromAbove(welcome, shardCount: 0), at: .zero)
                == [.prepare(Self.input)]
        )
        #expect(relay.workerCount == 2)
    }

    @Test func `ends with the run, once its workers have taken leave`() {
        var relay = relay()
        let finish = CoordinatorMessage.finish(Self.stamp)
        #expect(
            relay.handle(.receivedFromAbove(finish, shardCount: 0), at: .zero) == [
                .sendUp(.goodbye), .discard(work(2, 1)), .sendDown(finish, to: anna),
                .sendDown(finish, to: bert),
            ]
        )
        #expect(tell(&relay, .goodbye, from: anna) == [])
        #expect(tell(&relay, .goodbye, from: bert) == [.end(.finished)])
    }

    @Test func `leases nothing more of work that newer parameters have overtaken`() {
        var relay = relay()
        let (late, new) = (work(1, 0, step: 1), work(0, 0, step: 5))
        // What is leased ahead is of a step that others have made meanwhile.
        let parameters = CoordinatorMessage.parameters(version: 0, Self.stamp)
        for message in [parameters, .work(late, Self.stamp), .work(new, Self.stamp)] {
            _ = relay.handle(.receivedFromAbove(message, shardCount: 2), at: .zero)
        }
        let newer = CoordinatorMessage.parameters(version: 5, Self.stamp)
        let actions = relay.handle(.receivedFromAbove(newer, shardCount: 0), at: .zero)
        #expect(
            actions.prefix(3) == [
                .storeParameters(version: 5), .discard(work(2, 1)), .discard(late),
            ]
        )
        let later = relay.handle(.lost(bert), at: .zero)
        #expect(!later.contains(.sendDown(.work(work(0, 1, step: 1), Self.stamp), to: anna)))
    }

    @Test func `computes the work of one part of a round at a time, and another ahead`() {
        var relay = relay()
        let parameters = CoordinatorMessage.parameters(version: 0, Self.stamp)
        _ = relay.handle(.receivedFromAbove(parameters, shardCount: 0), at: .zero)
        let other = work(1, 0)
        let actions = relay.handle(
            .receivedFromAbove(.work(other, Self.stamp), shardCount: 2),
            at: .zero
        )
        #expect(
            actions == [
                .storeSamples(other), .beginSum(other, shardCount: 2),
                .sendDown(.work(work(0, 0), Self.stamp), to: anna),
                .sendDown(.work(work(0, 1), Self.stamp), to: bert),
            ]
        )
        #expect(
            tell(&relay, .answer(work(0, 0), Self.stamp), from: anna)
                == [.accept(work(0, 0), of: other)]
        )
    }
}
