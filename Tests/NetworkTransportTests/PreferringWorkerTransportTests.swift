import Figures
import Model
import Testing
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport

/// How a worker's transports work as one.
struct PreferringWorkerTransportTests {
    private typealias Memory = InMemoryWorkerTransport

    private let better = InMemoryWorkerTransport(isOpen: false, wantsEarlySegments: false)
    private let main = InMemoryWorkerTransport(isOpen: true)
    private let composed:
        PreferringWorkerTransport<InMemoryWorkerTransport, InMemoryWorkerTransport>

    init() { composed = PreferringWorkerTransport(better, orElse: main) }

    /// What an assembler has once the convolutions have come.
    private func begun(version: Int) throws -> ParameterAssembler.Begun {
        let parameters = ParameterAssembler()
        let size = LeNet.digits.segments[0].bytes.count
        let place = try #require(parameters.place(ofSize: size))
        _ = parameters.take(version: version, RunStamp(run: 1, generation: 2), at: place)
        return try #require(parameters.begun)
    }

    private func sayGoodbye() -> Delivery { composed.send(.goodbye, LossSums(), nil) }

    @Test func `sends over the better transport as long as that is open`() {
        #expect(sayGoodbye() == .sent)
        #expect(better.sentCount == 0 && main.sentCount == 1)
        better.isOpen = true
        #expect(sayGoodbye() == .sent)
        #expect(better.sentCount == 1 && main.sentCount == 1)
        better.changes = [.lost]
        #expect(composed.nextConnectionChange(at: .zero) == .lost)
        #expect(sayGoodbye() == .sent)
        #expect(better.sentCount == 1 && main.sentCount == 2)
    }

    @Test func `sends profiles over the better transport as long as that is open`() {
        let profile = ProfileHeader(welcomed: 1, sent: 2, answerCount: 3, allocationCount: 4)
        func send() -> Delivery {
            composed.send(SentProfile(header: profile, buffer: ParameterBuffer(), size: 8))
        }
        #expect(send() == .sent && better.sentCount == 0 && main.sentCount == 1)
        better.isOpen = true
        #expect(send() == .sent && better.sentCount == 1 && main.sentCount == 1)
    }

    @Test func `does not send again what the better transport took and lost`() {
        (better.isOpen, better.delivery) = (true, .lost)
        let profile = ProfileHeader(welcomed: 1, sent: 2, answerCount: 3, allocationCount: 4)
        #expect(sayGoodbye() == .lost)
        #expect(
            composed.send(SentProfile(header: profile, buffer: ParameterBuffer(), size: 8)) == .lost
        )
        #expect(main.sentCount == 0)
    }

    @Test func `receives from the better transport first`() {
        main.arrivals = [.payloadPortOpened(port: 2)]
        better.arrivals = [.payloadPortOpened(port: 1)]
        let ports = (0..<3).compactMap { _ -> Int? in
            if case .payloadPortOpened(let port)? = composed.receive() { port } else { nil }
        }
        #expect(ports == [1, 2])
    }

    @Test func `tells of the better transport's change first`() {
        (better.changes, main.changes) = ([.made], [.lost])
        #expect(composed.nextConnectionChange(at: .zero) == .made)
        #expect(main.closeCount == 0 && better.fallbackLossCount == 0)
        #expect(composed.nextConnectionChange(at: .zero) == .lost)
    }

    @Test func `is open while one of them is`() {
        #expect(composed.isOpen)
        main.isOpen = false
        #expect(!composed.isOpen)
        better.isOpen = true
        #expect(composed.isOpen)
    }

    @Test func `asks the better transport first for what one of them has`() {
        #expect(composed.searchLine(at: .zero) == nil && composed.searchReason == "")
        #expect(composed.takeGradientBuffer() == nil && composed.begunParameters == nil)
        let (first, second) = (ParameterBuffer(), ParameterBuffer())
        (main.line, main.searchReason, main.gradientBuffer) = ("main", "main is far", second)
        #expect(composed.searchLine(at: .zero) == "main" && composed.searchReason == "main is far")
        #expect(composed.takeGradientBuffer() === second)
        (better.line, better.searchReason, better.gradientBuffer) = ("near", "near is far", first)
        #expect(composed.searchLine(at: .zero) == "near" && composed.searchReason == "near is far")
        #expect(composed.takeGradientBuffer() === first)
    }

    @Test func `has begun what one of them has, the better one first`() throws {
        main.begunParameters = try begun(version: 5)
        #expect(composed.begunParameters?.version == 5)
        better.begunParameters = try begun(version: 6)
        #expect(composed.begunParameters?.version == 6)
    }

    @Test func `tells both what concerns both`() {
        let buffer = ParameterBuffer()
        composed.wasWelcomed()
        composed.giveBack(buffer)
        composed.settle()
        composed.makeWay()
        composed.lookOut(for: .zero)
        composed.close()
        composed.fallbackWasLost()
        var poller = Poller()
        composed.add(to: &poller)
        composed.update(&poller)
        for transport in [better, main] {
            #expect(
                transport.told == [
                    "welcomed", "give back", "settle", "make way", "look out", "add", "update",
                ]
            )
            #expect(transport.closeCount == 1 && transport.fallbackLossCount == 1)
        }
    }

    @Test func `opens the better transport, or else the other one`() {
        #expect(composed.open(WelcomeOffer(), at: .zero))
        #expect(better.openCount == 1 && main.openCount == 0 && main.closeCount == 1)
        better.canOpen = false
        #expect(composed.open(WelcomeOffer(), at: .zero))
        #expect(better.openCount == 2 && main.openCount == 1 && main.closeCount == 1)
    }

    @Test func `drops what has begun to come when the better transport is lost`() {
        better.changes = [.lost]
        #expect(composed.nextConnectionChange(at: .zero) == .lost)
        #expect(main.closeCount == 1 && better.fallbackLossCount == 0)
    }

    @Test func `tells the better transport that the main one was lost, not that it was made`() {
        main.changes = [.made, .lost]
        #expect(composed.nextConnectionChange(at: .zero) == .made)
        #expect(better.fallbackLossCount == 0)
        #expect(composed.nextConnectionChange(at: .zero) == .lost)
        #expect(better.fallbackLossCount == 1 && main.closeCount == 0)
        #expect(composed.nextConnectionChange(at: .zero) == nil)
    }

    @Test func `sends early segments where the transport in use wants them`() {
        #expect(composed.wantsEarlySegments)
        better.isOpen = true
        #expect(!composed.wantsEarlySegments)
    }

    @Test func `is asked at the earliest time`() {
        #expect(composed.deadline == nil)
        better.deadline = .seconds(4)
        #expect(composed.deadline == .seconds(4))
        main.deadline = .seconds(3)
        #expect(composed.deadline == .seconds(3))
        better.deadline = nil
        #expect(composed.deadline == .seconds(3))
    }
}
