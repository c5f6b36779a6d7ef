import Foundation
import Synchronization

@testable import Training

/// Somebody on the way between workers and a coordinator: passes on what comes to a port of
/// 127.0.0.2 to the same port of 127.0.0.1, and may change the messages to the coordinator, or
/// answer the first connections itself and end them.
final class Relay: Sendable {
    /// A message to the coordinator, as ZMTP frames it (RFC 23); what takes its place.
    typealias Change = @Sendable (_ number: Int, _ frame: [UInt8]) -> [[UInt8]]

    /// A part of an answer.
    struct Part {
        /// How many bytes the other side has sent before, at least.
        let byteCount: Int
        /// What is said then.
        let bytes: [UInt8]

        /// Says `bytes` once the other side has sent `byteCount` bytes.
        init(after byteCount: Int = 1, _ bytes: [UInt8]) {
            self.byteCount = byteCount
            self.bytes = bytes
        }
    }

    private let listener: Int32
    private let change: Change
    private let isOver = Mutex(false)
    private let first: Mutex<[[Part]]>
    private let port: UInt16

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - port: the port.
    ///   - first: what the first connections are answered with before they end.
    ///   - change: what becomes of each message to the coordinator.
    init(
        port: Int,
        first: [[Part]] = [],
        change: @escaping Change = { _, frame in [frame] }
    ) throws {
        self.first = Mutex(first)
        self.port = UInt16(port)
        self.change = change
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        let isBound = Self.with("127.0.0.2", self.port) { bind(listener, $0, $1) } == 0
        guard isBound, listen(listener, 16) == 0 else { throw RawWorker.Missing(what: "a relay") }
        onThread { relay in
            while case let connection = accept(relay.listener, nil, nil), connection >= 0 {
                relay.serve(connection)
            }
        }
    }

    /// Whether all that was for the first connections has been said.
    var isPastFirst: Bool { first.withLock(\.isEmpty) }

    /// Lets nobody in any more.
    func end() {
        isOver.withLock { $0 = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func with(
        _ host: String,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func onThread(_ body: @escaping @Sendable (Relay) -> Void) {
        Thread.detachNewThread { body(self) }
    }

    private func serve(_ worker: Int32) {
        if let answer = first.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            // Whoever is answered has said something before, which a close would answer with a
            // reset, and that overtakes the answer.
            if !answer.isEmpty {
                var byteCount = 0
                for part in answer {
                    while byteCount < part.byteCount,
                        let bytes = Self.read(from: worker, atMost: 64)
                    {
                        byteCount += bytes.count
                    }
                    _ = Self.write(part.bytes, to: worker)
                }
                shutdown(worker, Int32(SHUT_WR))
                while Self.read(from: worker, atMost: 64) != nil {}
            }
            close(worker)
            return
        }
        let coordinator = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.with("127.0.0.1", port, { connect(coordinator, $0, $1) }) == 0 else {
            close(worker)
            return
        }
        onThread { _ in
            while let bytes = Self.read(from: coordinator, atMost: 1 << 16) {
                guard Self.write(bytes, to: worker) else { break }
            }
            shutdown(worker, Int32(SHUT_RDWR))
        }
        onThread { relay in
            relay.passOn(from: worker, to: coordinator)
            shutdown(coordinator, Int32(SHUT_RDWR))
            shutdown(worker, Int32(SHUT_RDWR))
        }
    }

    /// Passes greeting and handshake on, then message by message.
    private func passOn(from worker: Int32, to coordinator: Int32) {
        // In parts, for each side waits for the other's before it sends the rest.
        var greetingSize = 0
        while greetingSize < 64 {
            guard let part = Self.read(from: worker, atMost: 64 - greetingSize),
                Self.write(part, to: coordinator)
            else { return }
            greetingSize += part.count
        }
        var number = -1
        while var frame = Self.read(from: worker, exactly: 1) {
            let lengthSize = frame[0] & 2 == 0 ? 1 : 8
            guard let length = Self.read(from: worker, exactly: lengthSize),
                let body = Self.read(
                    from: worker,
                    exactly: length.reduce(0) { $0 << 8 | Int($1) }
                )
            else { return }
            frame += length + body
            for frame in number < 0 ? [frame] : change(number, frame) {
                guard Self.write(frame, to: coordinator) else { return }
            }
            number += 1
        }
    }

    private static func read(from descriptor: Int32, exactly size: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < size {
            guard let more = read(from: descriptor, atMost: size - bytes.count) else { return nil }
            bytes += more
        }
        return bytes
    }

    private static func read(from descriptor: Int32, atMost size: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        let count = recv(descriptor, &bytes, size, 0)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
