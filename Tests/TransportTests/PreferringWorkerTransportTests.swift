import Figures
import Testing
import TrainingProtocol
import Wire

@testable import Transport

/// How a worker's transports work as one.
struct PreferringWorkerTransportTests {
    private typealias Memory = InMemoryWorkerTransport

    private let better = InMemoryWorkerTransport(isOpen: false, wantsEarlySegments: false)
    private let main = InMemoryWorkerTransport(isOpen: true)
    private let composed:
        PreferringWorkerTransport<InMemoryWorkerTransport, InMemoryWorkerTransport>

    init() { composed = PreferringWorkerTransport(better, orElse: main) }

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
    }
}
