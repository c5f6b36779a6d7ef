import Testing
import ZeroMQ

struct SocketMessagesTests {
    @Test func `loses nothing when the queue of a slow dealer is full`() throws {
        var options = SocketOptions()
        options.capacity.sendHighWaterMark = 4
        options.capacity.receiveHighWaterMark = 4
        options.capacity.sendBufferSize = 16_384
        options.capacity.receiveBufferSize = 16_384
        let connection = try Connection(context: Context(), router: options, dealer: options)

        var poller = Poller()
        _ = poller.add(connection.dealer)
        var accepted = 0
        var blockedCount = 0
        var received: [UInt64] = []
        let deadline = ContinuousClock.now + patience
        while received.count < 300 && ContinuousClock.now < deadline {
            var message = numbered(UInt64(accepted))
            let outcome = accepted < 300 ? try connection.router.send(&message) : .wouldBlock
            if outcome == .sent {
                accepted += 1
                continue
            }
            #expect(outcome == .wouldBlock && message.frameCount == 3)
            blockedCount += accepted < 300 ? 1 : 0
            // Room is told to the router a moment after a message is taken.
            if try poller.poll(timeout: .milliseconds(1)) > 0 {
                received.append(try receiveNumber(connection.dealer))
            }
        }
        #expect(received == Array(0..<300))
        #expect(accepted == 300 && blockedCount > 0)
    }

    private func numbered(_ number: UInt64) -> Multipart {
        var message = multipart([Connection.identity])
        message.append(Message(size: 8) { $0.storeBytes(of: number, as: UInt64.self) })
        message.append(Message(copying: [UInt8](repeating: 7, count: 50_000)))
        return message
    }

    private func receiveNumber(_ socket: borrowing Socket) throws -> UInt64 {
        var message = Multipart()
        try receive(socket, into: &message)
        #expect(message.frameCount == 2 && message.frameSize(at: 1) == 50_000)
        return message.withFrame(at: 0) { $0.loadUnaligned(as: UInt64.self) }
    }

    @Test func `sends a message that would block again once there is room`() throws {
        let context = try Context()
        var options = SocketOptions()
        options.capacity.sendHighWaterMark = 1
        options.capacity.receiveHighWaterMark = 1
        let left = try Socket(.dealer, in: context, options: options)
        try left.bind("inproc://pair")
        let right = try Socket(.dealer, in: context, options: options)
        try right.connect("inproc://pair")
        var message = Multipart()
        var accepted: UInt8 = 0
        while true {
            if message.frameCount == 0 {
                message.append(Message(copying: [accepted]))
                message.append(Message(copying: [255]))
            }
            guard try left.send(&message) == .sent else { break }
            #expect(message.frameCount == 0)
            accepted += 1
        }
        #expect(accepted > 0)
        for number in 0..<accepted { #expect(try receiveBytes(right) == [[number], [255]]) }
        var poller = Poller()
        _ = poller.add(left, interest: .writable)
        #expect(try poller.poll(timeout: patience) == 1)
        #expect(try left.send(&message) == .sent)
        #expect(try receiveBytes(right) == [[accepted], [255]])
    }

    @Test func `says that an unknown identity is unreachable and goes on`() throws {
        let connection = try Connection(context: Context())
        var message = multipart([Array("nobody".utf8), [1], [2], [3]])
        #expect(try connection.router.send(&message) == .unreachable)
        #expect(message.frameCount == 0)
        try sendAll([Connection.identity, [4], [5]], through: connection.router)
        #expect(try receiveBytes(connection.dealer) == [[4], [5]])
    }

    @Test func `a dealer that has to be connected first blocks`() throws {
        var options = SocketOptions()
        options.isImmediate = true
        let dealer = try Socket(.dealer, in: Context(), options: options)
        try dealer.connect("tcp://127.0.0.1:1")
        var message = multipart([[1], [2]])
        #expect(try dealer.send(&message) == .wouldBlock)
        #expect(message.frameCount == 2)
    }

    @Test func `receives nothing where nothing is`() throws {
        let connection = try Connection(context: Context())
        var message = multipart([[1]])
        #expect(try connection.router.receive(into: &message) == false)
        #expect(message.frameCount == 0)
    }

    @Test func `carries frames of every size, empty ones too`() throws {
        let connection = try Connection(context: Context())
        for size in [0, 1, 28, 29, 33, 34, 255, 256, 8_191, 8_192, 8_193, 246_824, 1 << 20] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            let frames = [[], bytes, [], [9], bytes]
            try sendAll(frames, through: connection.dealer)
            #expect(
                try receiveBytes(connection.router) == [Connection.identity] + frames,
                "size \(size)"
            )
        }
    }

    @Test func `drops the frames beyond its room and keeps in step`() throws {
        let connection = try Connection(context: Context())
        for frameCount in [7, 8, 9, 10, 1000] {
            try sendAll(
                (0..<frameCount).map { [UInt8(truncatingIfNeeded: $0)] },
                through: connection.dealer
            )
            var message = Multipart(frameCountMax: 8)
            try receive(connection.router, into: &message)
            #expect(message.frameCount == min(8, frameCount + 1), "\(frameCount) frames")
            #expect(message.droppedFrameCount == max(0, frameCount + 1 - 8), "\(frameCount) frames")
            #expect(message.withFrame(at: 7) { $0[0] } == 6)
        }
        try sendAll([[42]], through: connection.dealer)
        #expect(try receiveBytes(connection.router) == [Connection.identity, [42]])
    }

    @Test func `cuts a dealer whose frame is too large and hears it again`() throws {
        var options = SocketOptions()
        options.capacity.messageSizeMax = 1_000
        let connection = try Connection(context: Context(), router: options)
        var monitor = try Monitor(of: connection.router)
        try sendAll([[UInt8](repeating: 0, count: 1_001)], through: connection.dealer)
        _ = try event(.disconnected, of: &monitor, while: connection.router)
        _ = try event(.handshakeSucceeded, of: &monitor, while: connection.router)
        try sendAll([[UInt8](repeating: 0, count: 1_000)], through: connection.dealer)
        #expect(try receiveBytes(connection.router).last?.count == 1_000)
    }
}
