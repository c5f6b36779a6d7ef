import Foundation
import TrainingProtocol
import Wire
import ZeroMQ

/// Damaged frames for a coordinator, over several connections at once.
///
/// Half of the connections join first, so that their messages carry the run's stamp.
struct Flood {
    let endpoint: String
    let seed: UInt64

    private static let connectionCount = 32

    /// Sends so many messages, and returns how many were sent.
    func send(_ count: Int) throws -> Int {
        var sentCount = 0
        var number = 0
        while sentCount < count {
            let round = number / 20_000
            let connections = try (0..<Self.connectionCount).map {
                try connection(UInt64(round * Self.connectionCount + $0))
            }
            for (index, connection) in connections.enumerated() where index % 2 == 0 {
                try connection.join()
            }
            // Then others, for who was given work and does not do it holds the run up.
            for _ in 0..<20_000 where sentCount < count {
                var mutator = Mutator(seed: seed, number: number)
                let connection = connections[number % connections.count]
                number += 1
                if try connection.send(&mutator) { sentCount += 1 }
            }
        }
        return sentCount
    }

    private func connection(_ number: UInt64) throws -> Connection {
        try Connection(endpoint, identity: 0xF000_0000_0000_0000 | number)
    }

    private final class Connection {
        private var socket: Socket
        private var incoming = Multipart(frameCountMax: 3)
        private var stamp = FuzzTarget.stamp
        private var corpus = FuzzTarget.headers(of: FuzzTarget.stamp)

        init(_ endpoint: String, identity: UInt64) throws {
            var options = SocketOptions()
            options.routingID =
                [UInt8(ascii: "w")]
                + (0..<8).map { UInt8(truncatingIfNeeded: identity >> (56 - 8 * $0)) }
            options.reconnectInterval = .milliseconds(1)
            socket = try Socket(.dealer, in: Context(), options: options)
            try socket.connect(endpoint)
        }

        /// Asks to take part, and learns the run's stamp if it is heard within a second.
        func join() throws {
            let hello = Array(WireEncoding.bytes(of: .hello(protocolVersion: protocolVersion)))
            var message = Multipart(frameCountMax: 1)
            message.append(Message(copying: hello))
            _ = try socket.send(&message)
            let deadline = ContinuousClock.now + .seconds(1)
            while ContinuousClock.now < deadline {
                guard try socket.receive(into: &incoming) else {
                    usleep(1_000)
                    continue
                }
                let header = incoming.withFrame(at: 0) { try? WireDecoding.coordinatorMessage($0) }
                guard case .welcome(_, let stamp)? = header?.0 else { continue }
                corpus = FuzzTarget.headers(of: stamp)
                return
            }
        }

        /// Sends a message of one to four frames, if there is room, and drops what has come.
        func send(_ mutator: inout Mutator) throws -> Bool {
            while try socket.receive(into: &incoming) {}
            var message = Multipart(frameCountMax: 4)
            message.append(Message(copying: mutator.input(from: corpus)))
            if mutator.number(below: 4) == 0 {
                for _ in 0..<1 + mutator.number(below: 3) {
                    let size = [0, 1, 246_824, 1_000][mutator.number(below: 4)]
                    message.append(Message(copying: [UInt8](repeating: 0xFF, count: size)))
                }
            }
            for _ in 0..<100 {
                if try socket.send(&message) == .sent { return true }
                usleep(1_000)
            }
            return false
        }
    }
}
