import Model
import SharedMemory
import Testing
import TrainingProtocol
import Transport
import Wire

@testable import NetworkTransport

/// Links through shared memory, each end of them in this process.
struct SharedMemoryLinkTests {
    private struct NoLink: Error {}

    private func nothingComes(to links: CoordinatorLinks) -> Bool {
        if case nil = links.receive() { true } else { false }
    }

    /// A link that both ends have opened.
    private func openLink() throws -> (CoordinatorLinks, WorkerLink, WorkerID) {
        let worker = WorkerID(rawValue: 0x0123_4567_89AB_CDEF)
        guard let links = CoordinatorLinks(),
            let link = WorkerLink(connectingTo: links.name, as: worker)
        else { throw NoLink() }
        #expect(nothingComes(to: links))
        _ = link.receive()
        guard link.isOpen else { throw NoLink() }
        return (links, link, worker)
    }

    @Test func `lends a gradient's slot until nobody reads it any more`() throws {
        let (links, link, worker) = try openLink()
        for number in 0..<WorkerSharedMemory.gradientSlotCount {
            let gradient = try #require(link.takeGradientBuffer())
            gradient.floats[61_705] = Float(number)
            #expect(link.send(HeaderBytes([1, 2, 3]), gradient, payloadSize: 246_824) == true)
        }
        #expect(link.takeGradientBuffer() == nil)
        var held: [ParameterBuffer] = []
        for number in 0..<WorkerSharedMemory.gradientSlotCount {
            guard case .message(let header, let gradient?, 246_824, let sender)? = links.receive()
            else { throw NoLink() }
            #expect(Array(header) == [1, 2, 3] && sender == worker)
            links.giveBackWhenUnused(gradient, to: worker)
            #expect(gradient.floats[61_705] == Float(number))
            held.append(gradient)
        }
        #expect(links.send(HeaderBytes([4]), .none, to: worker))
        #expect(link.takeGradientBuffer() == nil)
        held.removeAll { $0.floats[61_705] == 3 }
        #expect(links.send(HeaderBytes([5]), .none, to: worker))
        #expect(link.takeGradientBuffer() != nil)
        #expect(link.takeGradientBuffer() == nil)
        #expect(held.count == WorkerSharedMemory.gradientSlotCount - 1)
    }

    @Test func `shows a worker that its parameters were written over`() throws {
        let (links, link, worker) = try openLink()
        let buffer = try #require(links.slots.takeBuffer())
        links.slots.willWrite(buffer)
        buffer.floats[7] = 42
        links.slots.didWrite(buffer, version: 5)
        #expect(links.send(HeaderBytes([9]), .parameters(buffer), to: worker))
        guard case .message(_, let packet)? = link.receive(),
            let shared = link.parameters(of: packet)
        else { throw NoLink() }
        #expect(shared.buffer.floats[7] == 42)
        #expect(shared.isHolding(5))
        #expect(!shared.isHolding(4))
        links.slots.willWrite(buffer)
        #expect(!shared.isHolding(5))
        links.slots.didWrite(buffer, version: 7)
        #expect(!shared.isHolding(5) && shared.isHolding(7))
    }

    @Test func `reports a worker's end, but not that of a link it has replaced`() throws {
        let (links, first, worker) = try openLink()
        var second = WorkerLink(connectingTo: links.name, as: worker)
        #expect(nothingComes(to: links))
        #expect(links.send(HeaderBytes([1]), .none, to: worker))
        guard case .message(let header, _)? = second?.receive() else { throw NoLink() }
        #expect(Array(header) == [1])
        guard case .end? = first.receive() else { throw NoLink() }
        second = nil
        guard case .lost(worker)? = links.receive() else { throw NoLink() }
        #expect(!links.send(HeaderBytes([1]), .none, to: worker))
    }

    @Test func `takes nothing but a worker's number for a beginning`() throws {
        let links = try #require(CoordinatorLinks())
        guard let socket = PacketSocket(connectingTo: links.name) else { throw NoLink() }
        _ = [UInt8](repeating: 1, count: 9).withUnsafeBytes { socket.send($0) }
        #expect(nothingComes(to: links))
        let received = withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) {
            socket.receive(into: $0)
        }
        #expect(received == .end)
    }
}
