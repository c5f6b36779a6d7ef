import Glibc

/// Where a server listens.
package struct ListenAddress: Equatable, Sendable {
    private let host: String
    private let port: String
    /// As it was written.
    package let text: String
    /// The option that it was named with, for complaints.
    private let option: String

    /// Reads `HOST:PORT`, such as `127.0.0.1:8080`, `[::1]:8080`, or `*:8080` for every interface.
    ///
    /// - Throws: when it is none.
    package init(_ text: String, option: String) throws(ListenError) {
        guard let colon = text.lastIndex(of: ":") else {
            throw .malformed(option: option, text)
        }
        let host = String(text[..<colon])
        let port = String(text[text.index(after: colon)...])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard !host.isEmpty, isBracketed || !host.contains(":"), UInt16(port) != nil else {
            throw .malformed(option: option, text)
        }
        self.host = isBracketed ? String(host.dropFirst().dropLast()) : host
        self.port = port
        self.text = text
        self.option = option
    }

    /// What a browser calls it, where it listens at this port.
    package func host(withPort port: UInt16) -> String {
        let name = host == "*" ? "127.0.0.1" : host
        return "\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }

    /// Whether only processes of this machine reach it; no for what is no address of any.
    package var isLoopback: Bool {
        (try? withResolved { (found) throws(ListenError) in
            switch Int32(found.ai_family) {
            case AF_INET:
                found.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
                }
            case AF_INET6:
                found.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    withUnsafeBytes(of: $0.pointee.sin6_addr) { bytes in
                        bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
                    }
                }
            default: false
            }
        }) ?? false
    }

    /// A socket that listens there, and its port.
    ///
    /// - Throws: when the address is in use or not of this machine.
    func listen() throws(ListenError) -> (descriptor: Int32, port: UInt16) {
        try withResolved { (found) throws(ListenError) in
            let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let descriptor = socket(found.ai_family, found.ai_socktype | flags, 0)
            guard descriptor >= 0 else { throw failure() }
            var (on, off): (Int32, Int32) = (1, 0)
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
            if host == "*" {
                setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size)
            }
            guard bind(descriptor, found.ai_addr, found.ai_addrlen) == 0,
                Glibc.listen(descriptor, 64) == 0
            else {
                let error = failure()
                close(descriptor)
                throw error
            }
            return (descriptor, Self.port(of: descriptor))
        }
    }

    private func withResolved<Value>(
        _ body: (addrinfo) throws(ListenError) -> Value
    ) throws(ListenError) -> Value {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        // Every interface: IPv6's takes IPv4 too.
        if host == "*" { hints.ai_family = AF_INET6 }
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host == "*" ? nil : host, port, &hints, &found)
        guard code == 0, let found else {
            throw .refused(option: option, text, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(found) }
        return try body(found.pointee)
    }

    private func failure() -> ListenError {
        .refused(option: option, text, reason: String(cString: strerror(errno)))
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
