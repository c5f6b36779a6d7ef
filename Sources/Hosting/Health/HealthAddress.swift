import Glibc

/// Where `/healthz` and `/readyz` are answered.
package struct HealthAddress: Equatable, Sendable {
    private let host: String
    private let port: String
    private let text: String

    /// Reads `HOST:PORT`, such as `127.0.0.1:8080`, `[::1]:8080`, or `*:8080` for every interface.
    ///
    /// - Throws: when it is none.
    package init(_ text: String) throws(HealthError) {
        guard let colon = text.lastIndex(of: ":") else { throw .malformed(text) }
        let host = String(text[..<colon])
        let port = String(text[text.index(after: colon)...])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard !host.isEmpty, isBracketed || !host.contains(":"), UInt16(port) != nil else {
            throw .malformed(text)
        }
        self.host = isBracketed ? String(host.dropFirst().dropLast()) : host
        self.port = port
        self.text = text
    }

    /// A socket that listens there, and its port.
    ///
    /// - Throws: when the address is in use or not of this machine.
    func listen() throws(HealthError) -> (descriptor: Int32, port: UInt16) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        // Every interface: IPv6's takes IPv4 too.
        if host == "*" { hints.ai_family = AF_INET6 }
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host == "*" ? nil : host, port, &hints, &found)
        guard code == 0, let found else {
            throw .refused(text, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(found) }
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(found.pointee.ai_family, found.pointee.ai_socktype | flags, 0)
        guard descriptor >= 0 else { throw failure() }
        var (on, off): (Int32, Int32) = (1, 0)
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if host == "*" { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
        guard bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0,
            Glibc.listen(descriptor, 64) == 0
        else {
            let error = failure()
            close(descriptor)
            throw error
        }
        return (descriptor, Self.port(of: descriptor))
    }

    private func failure() -> HealthError {
        .refused(text, reason: String(cString: strerror(errno)))
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getsockname(descriptor, address, &size)
            }
            // Of IPv4 and of IPv6 alike, the port follows the family.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }
}
