import SharedMemory
import Testing

struct PacketSocketTests {
    private struct NothingCame: Error {}

    private let name = "lockstep-test-\(UInt64.random(in: 0...(.max)))"

    /// Lends the two ends of a connection.
    private func withConnection(
        _ body: (borrowing PacketSocket, borrowing PacketSocket) throws -> Void
    ) throws {
        guard let listener = PacketListener(name: name),
            let one = PacketSocket(connectingTo: name), let other = listener.accept()
        else { throw NothingCame() }
        try body(one, other)
    }

    private func send(_ packet: [UInt8], over socket: borrowing PacketSocket) -> Bool {
        packet.withUnsafeBytes { socket.send($0) }
    }

    private func receive(_ socket: borrowing PacketSocket) -> ([UInt8], PacketSocket.Received) {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
            let received = socket.receive(into: bytes)
            guard case .packet(let size) = received else { return ([], received) }
            return (Array(bytes[..<size]), received)
        }
    }

    /// Joins a region of which a descriptor went over a connection.
    private func join(
        _ region: SharedRegion,
        passedForWriting isPassedForWriting: Bool,
        size: Int,
        isWritable: Bool
    ) throws -> SharedRegion {
        guard let listener = PacketListener(name: name),
            let one = PacketSocket(connectingTo: name), let other = listener.accept()
        else { throw NothingCame() }
        guard one.send(try region.descriptorToPass(isWritable: isPassedForWriting)) else {
            throw NothingCame()
        }
        var descriptor: PassedDescriptor?
        _ = withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) {
            other.receive(into: $0, &descriptor)
        }
        guard let descriptor else { throw NothingCame() }
        return try SharedRegion(joining: descriptor, size: size, isWritable: isWritable)
    }

    @Test func `keeps packets whole and in order`() throws {
        try withConnection { one, other in
            let isSent = send([1, 2, 3], over: one) && send([4], over: one)
            #expect(isSent)
            let (first, second, last) = (receive(other).0, receive(other).0, receive(other).1)
            #expect(first == [1, 2, 3])
            #expect(second == [4])
            #expect(last == .nothing)
        }
    }

    @Test func `ends at a packet that is longer than the room for it`() throws {
        try withConnection { one, other in
            let isSent = send(Array(repeating: 7, count: 17), over: one)
            let received = receive(other).1
            #expect(isSent && received == .end)
        }
    }

    @Test func `sees at once that the other end is gone`() throws {
        guard let listener = PacketListener(name: name) else { throw NothingCame() }
        var one = PacketSocket(connectingTo: name)
        guard let other = listener.accept() else { throw NothingCame() }
        one = nil
        let isGone = one == nil
        let received = receive(other).1
        let isSent = send([1], over: other)
        #expect(isGone && received == .end)
        #expect(!isSent)
    }

    @Test func `finds nobody under a name that nobody listens under`() {
        let isFound = PacketSocket(connectingTo: name) != nil
        #expect(!isFound)
    }

    @Test func `gives a name to one listener only`() {
        let first = PacketListener(name: name)
        let isFirst = first != nil
        let isSecond = PacketListener(name: name) != nil
        #expect(isFirst && !isSecond)
    }

    @Test func `passes memory on that both sides see, one of them for reading only`() throws {
        let region = try SharedRegion(size: 4_096)
        let joined = try join(region, passedForWriting: false, size: 4_096, isWritable: false)
        region.bytes[17] = 42
        #expect(joined.bytes[17] == 42)
        SharedWord(in: region, at: 64).store(7)
        #expect(SharedWord(in: joined, at: 64).load() == 7)
    }

    @Test func `refuses to write to memory that was passed on for reading`() throws {
        let region = try SharedRegion(size: 4_096)
        #expect(throws: SharedMemoryError.callFailed(operation: "map shared memory", code: 13)) {
            try join(region, passedForWriting: false, size: 4_096, isWritable: true)
        }
    }

    @Test func `refuses memory of another size`() throws {
        let region = try SharedRegion(size: 4_096)
        #expect(throws: SharedMemoryError.unexpectedRegion(size: 4_096, expected: 8_192)) {
            try join(region, passedForWriting: true, size: 8_192, isWritable: true)
        }
    }

    @Test func `waits for many sockets, each in turn`() throws {
        try withConnection { one, other in
            guard let waiter = PacketWaiter() else { throw NothingCame() }
            guard waiter.add(other.fileDescriptor, number: 5) else { throw NothingCame() }
            let before = waiter.next()
            _ = send([1], over: one)
            let then = waiter.next()
            _ = receive(other)
            let after = waiter.next()
            #expect(before == nil)
            #expect(then == 5)
            #expect(after == nil)
        }
    }
}
