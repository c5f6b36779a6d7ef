import Foundation
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
            guard var waiter = PacketWaiter() else { throw NothingCame() }
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

    private static let isRoot = geteuid() == 0

    /// Runs a Python script as a user who may do nothing, and lends its output as it comes.
    private func withOtherUser(
        _ script: String,
        _ body: (FileHandle) throws -> Void
    ) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let head = """
            import os, socket, sys
            os.setgroups([]); os.setgid(65534); os.setuid(65534)
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)

            """
        process.arguments = ["python3", "-c", head + script, name]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        try body(output.fileHandleForReading)
    }

    @Test(.enabled(if: isRoot, "needs root, to be another user for once"))
    func `lets no other user in`() throws {
        guard let listener = PacketListener(name: name) else { throw NothingCame() }
        let script = """
            s.connect("\\0" + sys.argv[1]); s.settimeout(60)
            print(len(s.recv(16)), flush=True)
            """
        try withOtherUser(script) { output in
            var isTaken = false
            var waiting = pollfd(fd: listener.fileDescriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&waiting, 1, 60_000) == 1)
            if listener.accept() != nil { isTaken = true }
            #expect(!isTaken)
            let said = try? output.readToEnd()
            #expect(said == Data("0\n".utf8))
        }
        try withConnectionOfOwn(listener)
    }

    /// The listener still takes whom it should.
    private func withConnectionOfOwn(_ listener: borrowing PacketListener) throws {
        let one = PacketSocket(connectingTo: listener.name)
        let other = listener.accept()
        let isConnected = one != nil && other != nil
        #expect(isConnected)
    }

    @Test(.enabled(if: isRoot, "needs root, to be another user for once"))
    func `connects to no other user who listens under the name`() throws {
        let script = """
            s.bind("\\0" + sys.argv[1]); s.listen(); print("ready", flush=True)
            sys.stdin.read()
            """
        try withOtherUser(script) { output in
            let said = try? output.read(upToCount: 6)
            #expect(said == Data("ready\n".utf8))
            let isConnected = PacketSocket(connectingTo: name) != nil
            #expect(!isConnected)
        }
    }
}
