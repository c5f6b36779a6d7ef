import Foundation

/// A TCP connection that speaks ZMTP (ZeroMQ RFC 23) by hand, so that nothing keeps it from
/// speaking
/// it wrongly.
final class RawConnection {
    private let descriptor: Int32

    /// Connects to `tcp://127.0.0.1:PORT`.
    init(_ endpoint: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let port = endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
        address.sin_port = port.bigEndian
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else { throw RawWorker.Missing(what: "a connection to \(endpoint)") }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(descriptor, SOL_SOCKET, option, &patience, size)
        }
    }

    deinit { close(descriptor) }

    /// A greeting of version 3.0 without encryption, as a client.
    static let greeting: [UInt8] =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("NULL".utf8)
        + [UInt8](repeating: 0, count: 48)

    /// The command that ends the handshake, as a dealer's.
    static func ready(identity: [UInt8]) -> [UInt8] {
        var body = [5] + Array("READY".utf8)
        for (name, value) in [("Socket-Type", Array("DEALER".utf8)), ("Identity", identity)] {
            body += [UInt8(name.utf8.count)] + Array(name.utf8)
            body += [0, 0, 0, UInt8(value.count)] + value
        }
        return [4, UInt8(body.count)] + body
    }

    /// The head of a frame.
    static func head(size: UInt64, hasMore: Bool) -> [UInt8] {
        [hasMore ? 3 : 2] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
    }

    /// Writes all bytes, and tells whether the other side still takes them.
    func write(_ bytes: [UInt8]) -> Bool {
        var sentSize = 0
        while sentSize < bytes.count {
            let size = bytes.withUnsafeBytes {
                send(
                    descriptor,
                    $0.baseAddress! + sentSize,
                    bytes.count - sentSize,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard size > 0 else { return false }
            sentSize += size
        }
        return true
    }
}
