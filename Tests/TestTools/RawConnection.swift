import Glibc

/// A TCP connection that speaks ZMTP (ZeroMQ RFC 23) by hand, so that nothing keeps it from
/// speaking it wrongly.
package final class RawConnection {
    /// Nobody takes connections at this address.
    package struct Refused: Error {
        /// The address.
        package let endpoint: String
    }

    private let descriptor: Int32

    /// Connects to `tcp://127.0.0.1:PORT`.
    ///
    /// - Throws: ``Refused``.
    package init(_ endpoint: String) throws(Refused) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
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
        guard outcome == 0 else { throw Refused(endpoint: endpoint) }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(descriptor, SOL_SOCKET, option, &patience, size)
        }
    }

    deinit { close(descriptor) }

    /// A greeting of version 3.0 without encryption, as a client.
    package static let greeting: [UInt8] =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("NULL".utf8)
        + [UInt8](repeating: 0, count: 48)

    /// The command that ends the handshake, as a dealer's.
    package static func ready(identity: [UInt8]) -> [UInt8] {
        var body = [5] + Array("READY".utf8)
        for (name, value) in [("Socket-Type", Array("DEALER".utf8)), ("Identity", identity)] {
            body += [UInt8(name.utf8.count)] + Array(name.utf8)
            body += [0, 0, 0, UInt8(value.count)] + value
        }
        return [4, UInt8(body.count)] + body
    }

    /// Waits for the other side's greeting and the command that ends its handshake: to libzmq a
    /// message before it has sent that is a breach of the protocol.
    ///
    /// - Returns: false when the other side has ended the connection instead.
    package func awaitReady() -> Bool {
        guard read(count: 64) != nil, let head = read(count: 2) else { return false }
        return read(count: Int(head[1])) != nil
    }

    private func read(count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let size = recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
        return size == count ? bytes : nil
    }

    /// The head of a frame.
    package static func head(size: UInt64, hasMore: Bool) -> [UInt8] {
        [hasMore ? 3 : 2] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
    }

    /// Whether the other side ends the connection within a number of seconds; what it says is read.
    package func isEnded(within seconds: Int) -> Bool {
        var byte: UInt8 = 0
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if recv(descriptor, &byte, 1, 0) == 0 { return true }
        }
        return false
    }

    /// Writes all bytes, and tells whether the other side still takes them.
    package func write(_ bytes: [UInt8]) -> Bool {
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

    /// Says that nothing more is going to be written, and drops what comes until the other side
    /// ends the connection too.
    package func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { bytes in
            while recv(descriptor, bytes.baseAddress, bytes.count, 0) > 0 {}
        }
    }
}
