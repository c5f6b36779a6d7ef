import Foundation
import TestTools
import TrainingProtocol
import Wire
import ZeroMQ

/// Damaged messages for a coordinator: many connections at a time, and over each as many messages
/// as the coordinator reads at once, for it ends a connection at the first one that is foreign.
///
/// All carry the run's stamp, and half of the connections join first. Each message depends on the
/// seed and its number alone.
struct Flood {
    /// What was sent.
    struct Tally {
        var messageCount = 0
        /// Messages whose first frame is no header of a worker's.
        var headerlessCount = 0
        /// Messages with frames that no message has.
        var extraFrameCount = 0
        var connectionCount = 0
    }

    /// Nobody there lets workers in.
    struct NoWelcome: Error {}

    let endpoint: String
    let seed: UInt64

    private static let openConnectionCount = 32

    /// libzmq reads 8 KiB at once; most messages take 60 bytes.
    private static let messagesPerConnection = 100

    /// Sends a number of messages.
    ///
    /// - Throws: when the coordinator does not answer, or takes no connections any more.
    func send(_ count: Int) throws -> Tally {
        let corpus = FuzzTarget.headers(of: try joinedStamp())
        var tally = Tally()
        while tally.messageCount < count {
            let first = tally.connectionCount
            let connections = try (0..<Self.openConnectionCount).map { _ in
                let identity = Self.identity(tally.connectionCount)
                tally.connectionCount += 1
                let connection = try RawConnection(endpoint)
                _ = connection.write(
                    RawConnection.greeting + RawConnection.ready(identity: identity)
                )
                return connection
            }
            for (index, connection) in connections.enumerated() {
                // One that waited for longer than a handshake may take was ended.
                guard connection.awaitReady() else { continue }
                let end = min(count, tally.messageCount + Self.messagesPerConnection)
                // Where the coordinator has ended it by now, it has read the most of it.
                _ = connection.write(burst(of: first + index, corpus, end, &tally))
            }
            for connection in connections { connection.finish() }
        }
        return tally
    }

    /// A connection's messages, up to number `end`.
    private func burst(
        of connection: Int,
        _ corpus: [[UInt8]],
        _ end: Int,
        _ tally: inout Tally
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        if connection % 2 == 0 {
            let hello = WireEncoding.bytes(of: .hello(protocolVersion: protocolVersion))
            bytes += RawConnection.head(size: UInt64(hello.count), hasMore: false) + hello
        }
        while tally.messageCount < end {
            var mutator = Mutator(seed: seed, number: tally.messageCount)
            tally.messageCount += 1
            let header = mutator.input(from: corpus)
            let contents = header.withUnsafeBytes { try? WireDecoding.workerContents($0) }
            if contents == nil { tally.headerlessCount += 1 }
            var frames = [header]
            if mutator.number(below: 4) == 0 {
                for _ in 0...mutator.number(below: 3) {
                    frames.append([UInt8](repeating: 0xFF, count: Self.payloadSize(&mutator)))
                }
            }
            if frames.count > 2 { tally.extraFrameCount += 1 }
            for (index, frame) in frames.enumerated() {
                let hasMore = index < frames.count - 1
                bytes += RawConnection.head(size: UInt64(frame.count), hasMore: hasMore) + frame
            }
        }
        return bytes
    }

    /// Mostly small: gradients of numbers that are none take what time there is to send them.
    private static func payloadSize(_ mutator: inout Mutator) -> Int {
        if mutator.number(below: 500) == 0 { return 246_824 }
        return [0, 1, 40, 400][mutator.number(below: 4)]
    }

    private static func identity(_ number: Int) -> [UInt8] {
        let rawValue = 0xF000_0000_0000_0000 | UInt64(number)
        return [UInt8(ascii: "w")]
            + (0..<8).map { UInt8(truncatingIfNeeded: rawValue >> (56 - 8 * $0)) }
    }

    /// Joins, learns the run's stamp, and leaves.
    private func joinedStamp() throws -> RunStamp {
        var options = SocketOptions()
        options.routingID = Self.identity(1 << 40)
        let socket = try Socket(.dealer, in: Context(), options: options)
        try socket.connect(endpoint)
        var message = Multipart(frameCountMax: 3)
        message.append(
            Message(copying: WireEncoding.bytes(of: .hello(protocolVersion: protocolVersion)))
        )
        _ = try socket.send(&message)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            guard try socket.receive(into: &message) else {
                usleep(1_000)
                continue
            }
            let header = message.withFrame(at: 0) { try? WireDecoding.coordinatorMessage($0) }
            if case .welcome(_, let stamp)? = header?.0 { return stamp }
        }
        throw NoWelcome()
    }
}
