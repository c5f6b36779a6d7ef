import Glibc
import TestTools
import Testing

/// One who asks a server over a socket, byte by byte as a test wants.
final class Caller {
    private let descriptor: Int32

    /// Connects.
    ///
    /// - Parameter bufferSize: what the system keeps of what is not read; nil for as usual.
    init(port: UInt16, isIPv6: Bool = false, bufferSize: Int32? = nil) throws {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        try #require(
            getaddrinfo(isIPv6 ? "::1" : "127.0.0.1", String(port), &hints, &found) == 0
        )
        defer { freeaddrinfo(found) }
        let address = try #require(found?.pointee)
        descriptor = socket(address.ai_family, address.ai_socktype, 0)
        if var bufferSize {
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bufferSize, size)
        }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        try #require(connect(descriptor, address.ai_addr, address.ai_addrlen) == 0)
    }

    deinit { close(descriptor) }

    /// Sends a text; the other side may have gone.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends nothing more.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes next; empty at the end.
    func read() -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    /// What comes until the end, or until there is more than that.
    func readToEnd(sizeMax: Int = 1 << 20) -> String {
        var text = ""
        while text.utf8.count <= sizeMax {
            let part = read()
            if part.isEmpty { return text }
            text += part
        }
        return text
    }

    /// What comes until it has `text`, or until the end.
    func read(until text: String) -> String {
        var parts: [String] = []
        // Looking at all of it each time would take long where it is much.
        var latest = ""
        while !latest.contains(text) {
            let part = read()
            if part.isEmpty { break }
            parts.append(part)
            latest = latest.suffix(text.count) + part
        }
        return parts.joined()
    }
}

/// Runs what blocks on a thread of its own: the pool's are few.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await Task(executorPreference: PromptExecutor.shared) { try body() }.value
}
