import Foundation
import Model
import SharedMemory
import Testing
import TrainingProtocol
import Transport
import Wire
import ZeroMQ

@testable import NetworkTransport

/// What a process of the same host writes that no worker and no coordinator of ours writes.
struct HostileLinkTests {
    private struct Missing: Error { let what: String }

    private static let worker = WorkerID(rawValue: 7)

    private static let stamp = RunStamp(run: 1, generation: 2)

    /// Words of the memory lie 64 bytes apart: 8 gradients' and 12 samples' slots, where the
    /// worker computed last, where it should go.
    private static let placeOffset = 20 * 64
    private static let moveOffset = 21 * 64

    /// Connects by hand, and takes the memory that it may write to.
    private func intrude(
        on links: CoordinatorLinks,
        _ body: (borrowing PacketSocket, SharedRegion) throws -> Void
    ) throws {
        guard let socket = PacketSocket(connectingTo: links.name) else {
            throw Missing(what: "a connection")
        }
        _ = withUnsafeBytes(of: Self.worker.rawValue.littleEndian) { socket.send($0) }
        #expect(nothingComes(to: links))
        var descriptor: PassedDescriptor?
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { bytes in
            for _ in 0..<2 { _ = socket.receive(into: bytes, &descriptor) }
        }
        guard let descriptor else { throw Missing(what: "memory") }
        let region = try SharedRegion(
            joining: descriptor,
            size: WorkerSharedMemory.regionSize,
            isWritable: true
        )
        try body(socket, region)
    }

    private func nothingComes(to links: CoordinatorLinks) -> Bool {
        if case nil = links.receive() { true } else { false }
    }

    @Test func `takes no number of a processor from a worker that is none`() throws {
        let links = try #require(CoordinatorLinks())
        try intrude(on: links) { _, region in
            for number: UInt64 in [1 << 63, .max, 1 << 32, 1 << 31, 3, 0] {
                SharedWord(in: region, at: Self.placeOffset).store(number)
                for _ in 0..<16 { links.arrangeWorkers() }
            }
        }
    }

    @Test func `goes to no processor that there cannot be`() throws {
        let name = "lockstep-test-\(UInt64.random(in: 0...(.max)))"
        guard let listener = PacketListener(name: name),
            let link = WorkerLink(connectingTo: name, as: Self.worker),
            let socket = listener.accept()
        else { throw Missing(what: "a connection") }
        let parameters = try SharedRegion(size: ParameterSlots.regionSize)
        let memory = try SharedRegion(size: WorkerSharedMemory.regionSize)
        let isFirstSent = socket.send(try parameters.descriptorToPass(isWritable: false))
        let isSecondSent = socket.send(try memory.descriptorToPass(isWritable: true))
        #expect(isFirstSent && isSecondSent)
        if case _? = link.receive() { Issue.record("something came") }
        #expect(link.isOpen)
        for number: UInt64 in [1 << 63, .max, 1 << 32, 1 << 31, 1 << 20] {
            SharedWord(in: memory, at: Self.moveOffset).store(number)
            link.settle()
        }
        let place = SharedWord(in: memory, at: Self.placeOffset).load()
        #expect((1...1 << 20).contains(place))
    }

    @Test func `believes no size of a payload that no slot holds`() throws {
        let context = try Context()
        let router = try Socket(.router, in: context, options: SocketOptions())
        try router.bind("tcp://127.0.0.1:*")
        let name = "lockstep-test-\(UInt64.random(in: 0...(.max)))"
        guard let listener = PacketListener(name: name) else { throw Missing(what: "a listener") }
        let worker = try NetworkWorkerTransport.connecting(
            to: router.lastEndpoint,
            as: Self.worker,
            key: nil,
            in: context
        )
        let offer = WelcomeOffer(localLink: name)
        let input = InputSettings(geometry: "pad", scale: "unit")
        var welcome = Multipart(frameCountMax: 2)
        welcome.append(Message(copying: routingID(of: Self.worker)))
        welcome.append(
            Message(
                copying: WireEncoding.bytes(
                    of: CoordinatorMessage.welcome(input, Self.stamp),
                    offer: offer
                )
            )
        )
        try eventually("the worker's connection") {
            try worker.nextConnectionChange(at: .zero) == .made
        }
        let sent = try router.send(&welcome)
        #expect(sent == .sent)
        try eventually("a welcome") {
            guard case .message(let arrival)? = try worker.receive(),
                case .offer(let offer) = arrival.payload
            else { return false }
            return worker.open(offer, at: .zero)
        }
        guard let socket = listener.accept() else { throw Missing(what: "the worker's link") }
        let parameters = try SharedRegion(size: ParameterSlots.regionSize)
        let memory = try SharedRegion(size: WorkerSharedMemory.regionSize)
        _ = socket.send(try parameters.descriptorToPass(isWritable: false))
        _ = socket.send(try memory.descriptorToPass(isWritable: true))
        let work = Work(round: .step(index: 0), subtree: Subtree(level: 0, index: 0), version: 0)
        let packets: [(message: CoordinatorMessage, packet: Packet)] = [
            (.work(work, Self.stamp), Packet(payloadSize: 785)),
            (.work(work, Self.stamp), Packet(slot: 12, payloadSize: 785)),
            (
                .parameters(version: 0, Self.stamp),
                Packet(payloadSize: LeNet.digits.parameterCount * 4)
            ),
        ]
        for (message, packet) in packets {
            send(packet, message, over: socket)
            var received: WorkerReceived<NetworkPayloads>?
            try eventually("\(message)") {
                received = try worker.receive()
                return received != nil
            }
            if case .rejected(_, kind: "payload")? = received { continue }
            Issue.record("\(packet) brings a payload")
        }
    }

    private func send(
        _ packet: Packet,
        _ message: CoordinatorMessage,
        over socket: borrowing PacketSocket
    ) {
        withUnsafeTemporaryAllocation(byteCount: Packet.sizeMax, alignment: 8) { bytes in
            let size = packet.write(header: WireEncoding.bytes(of: message), into: bytes)
            _ = socket.send(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
        }
    }

    private func eventually(_ what: String, _ isTrue: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !isTrue() {
            guard ContinuousClock.now < deadline else { throw Missing(what: what) }
            usleep(1_000)
        }
    }

    @Test func `keeps descriptors for others however many connect`() throws {
        let links = try #require(CoordinatorLinks())
        let max = min(1_024, ConnectionWatch.processDescriptorCountMax / 8)
        var sockets: [SocketBox] = []
        for _ in 0..<max + 200 {
            if let socket = PacketSocket(connectingTo: links.name) {
                sockets.append(SocketBox(socket))
            }
            #expect(nothingComes(to: links))
        }
        let endedCount = sockets.filter(\.hasEnded).count
        #expect(sockets.count == max + 200 && endedCount == 200)
    }

    private final class SocketBox {
        private let socket: PacketSocket

        init(_ socket: consuming PacketSocket) { self.socket = socket }

        var hasEnded: Bool {
            withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) {
                socket.receive(into: $0) == .end
            }
        }
    }
}
