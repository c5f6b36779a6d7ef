import Arithmetic
import Model
import Testing
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport

/// How a coordinator's transports work as one.
struct PreferringCoordinatorTransportTests {
    private typealias Memory = InMemoryCoordinatorTransport
    private typealias Remote = PreferringCoordinatorTransport<Memory, Memory>

    private let near = WorkerID(rawValue: 1)
    private let far = WorkerID(rawValue: 2)
    private let stamp = RunStamp(run: 1, generation: 2)
    private let best: InMemoryCoordinatorTransport
    private let middle = InMemoryCoordinatorTransport()
    private let main: InMemoryCoordinatorTransport
    private let composed: PreferringCoordinatorTransport<Memory, Remote>

    init() {
        best = Memory(reaching: [near], offersMemory: true)
        main = Memory(reaching: [near, far])
        composed = PreferringCoordinatorTransport(
            best,
            orElse: PreferringCoordinatorTransport(middle, orElse: main)
        )
    }

    private func heartbeat(to worker: WorkerID) -> Delivery {
        composed.send(.heartbeat(stamp), .none, to: worker)
    }

    private var welcome: CoordinatorMessage {
        .welcome(InputSettings(geometry: "pad", scale: "unit"), stamp)
    }

    @Test func `sends to each worker over the best transport that reaches it, and once`() {
        #expect(heartbeat(to: near) == .sent)
        #expect(heartbeat(to: far) == .sent)
        #expect(best.sent == [near] && middle.sent == [] && main.sent == [far])
        middle.reached = [far]
        #expect(heartbeat(to: far) == .sent)
        #expect(middle.sent == [far] && main.sent == [far])
        #expect(composed.traffic.messageCount == 3)
        #expect(composed.carries(near) && composed.carries(far))
        main.reached = []
        #expect(composed.carries(near) && !composed.carries(WorkerID(rawValue: 3)))
        #expect(heartbeat(to: WorkerID(rawValue: 3)) == .unsuited)
    }

    @Test func `falls back once the better transport reaches a worker no more`() {
        best.reached = []
        #expect(heartbeat(to: near) == .sent)
        #expect(best.sent == [] && main.sent == [near])
    }

    @Test func `does not send again what a transport took and lost`() {
        best.delivery = .lost
        #expect(heartbeat(to: near) == .lost)
        #expect(best.sent == [near] && main.sent == [])
    }

    @Test func `offers in a welcome each way down to the one that carries it`() {
        #expect(composed.send(welcome, .offer(WelcomeOffer(sliceCountMax: 5)), to: far) == .sent)
        #expect(main.offers == [WelcomeOffer(localLink: "memory", sliceCountMax: 6)])
        #expect(composed.send(welcome, .offer(WelcomeOffer(sliceCountMax: 5)), to: near) == .sent)
        // Whoever has the best way needs no other.
        #expect(best.offers == [WelcomeOffer(localLink: "memory", sliceCountMax: 5)])
    }

    @Test func `drops a worker in all transports, and a route in its own`() {
        composed.drop(near)
        #expect(best.dropped == [near] && middle.dropped == [near] && main.dropped == [near])
        composed.drop(Route(over: main, from: far))
        #expect(best.dropped == [near] && middle.dropped == [near] && main.dropped == [near, far])
        composed.drop(Route.ended)
        #expect(main.dropped == [near, far])
    }

    @Test func `cuts all ways to a worker in whose name another has spoken`() {
        let route = Route(over: main, from: near)
        main.arrivals = [.rejected(.objection(.imposture), route), .rejected(.sender, route)]
        for _ in 0..<2 { _ = composed.receive() }
        #expect(best.dropped == [near] && middle.dropped == [near])
        // The machine decides what becomes of the main connection.
        #expect(main.dropped == [])
    }

    @Test func `cuts no way to a worker whose message is no good otherwise`() {
        let route = Route(over: main, from: far)
        main.arrivals = [.rejected(.profile, route), .rejected(.sender, route)]
        for _ in 0..<2 { _ = composed.receive() }
        #expect(best.dropped == [] && middle.dropped == [] && main.dropped == [])
    }

    @Test func `drops a route of the better transport there`() {
        composed.drop(Route(over: best, from: near))
        #expect(best.dropped == [near] && main.dropped == [])
    }

    @Test func `is, as a part of another, told of what that one has lost and offers all its ways`()
    {
        let remote = PreferringCoordinatorTransport(middle, orElse: Remote(best, orElse: main))
        remote.fallbackDidLose(far)
        #expect(middle.lostByFallback == [far] && best.lostByFallback == [far])
        #expect(main.lostByFallback == [far])
        var offer = WelcomeOffer(sliceCountMax: 0)
        remote.add(to: &offer, for: far)
        #expect(offer == WelcomeOffer(localLink: "memory", sliceCountMax: 2))
    }

    @Test func `counts what was carried in all`() {
        middle.reached = [far]
        for worker in [near, far, far] { _ = heartbeat(to: worker) }
        #expect(composed.traffic.messageCount == 3)
    }

    @Test func `has memory for the parameters where one of them does`() {
        #expect(composed.parameterMemory == nil)
        let (first, second) = (Buffers(), Buffers())
        main.parameterMemory = first
        #expect(composed.parameterMemory === first)
        best.parameterMemory = second
        #expect(composed.parameterMemory === second)
    }

    /// Memory without a buffer.
    private final class Buffers: ParameterMemory {
        func takeBuffer() -> ParameterBuffer? { nil }
        func willWrite(_ buffer: ParameterBuffer) {}
        func didWrite(_ buffer: ParameterBuffer, version: Int) {}
    }

    @Test func `has all of them arrange workers and wait`() {
        composed.arrangeWorkers { _ in true }
        var poller = Poller()
        composed.add(to: &poller)
        composed.update(&poller)
        for transport in [best, middle, main] {
            #expect(transport.told == ["arrange", "add", "update"])
        }
    }

    @Test func `receives from the better transport first`() {
        main.arrivals = [.enrolled(name: "main")]
        best.arrivals = [.enrolled(name: "best")]
        let names = (0..<3).compactMap { _ -> String? in
            if case .enrolled(let name)? = composed.receive() { name } else { nil }
        }
        #expect(names == ["best", "main"])
    }

    @Test func `tells the better transports of a worker that the main one has lost`() {
        main.losses = [far]
        best.losses = [near]
        let lost = [composed.nextLostWorker(), composed.nextLostWorker()]
        #expect(lost == [far, near] && composed.nextLostWorker() == nil)
        #expect(best.lostByFallback == [far] && middle.lostByFallback == [far])
        #expect(main.lostByFallback == [])
    }

    @Test func `is attended to at the earliest time, and as a whole`() {
        #expect(composed.deadline == nil)
        main.deadline = .seconds(3)
        #expect(composed.deadline == .seconds(3))
        best.deadline = .seconds(2)
        #expect(composed.deadline == .seconds(2))
        (best.rejections, main.rejections) = ([.knock], [.silence])
        #expect(composed.attend(at: .zero) == [.silence, .knock])
        #expect(composed.attend(at: .zero) == [])
    }

    @Test func `works without the better transport`() {
        let composed = PreferringCoordinatorTransport<Memory, Memory>(nil, orElse: main)
        #expect(composed.send(.heartbeat(stamp), .none, to: near) == .sent)
        main.losses = [near]
        #expect(composed.nextLostWorker() == near)
        composed.drop(near)
        #expect(main.dropped == [near] && !composed.carries(near))
    }
}
