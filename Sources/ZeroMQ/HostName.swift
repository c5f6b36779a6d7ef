import Glibc

/// The numeric addresses that binding to a host's name means, for libzmq looks names up only to
/// connect: each address that the name has, since others may take any of them.
///
/// `localhost` means this machine alone, whatever the system's tables say.
///
/// - Returns: the address itself where it is numeric, an interface's name, or of another kind.
/// - Throws: when the name has no address.
func numericEndpoints(of endpoint: String) throws(ZeroMQError) -> [String] {
    guard let (host, port) = nameAndPort(of: endpoint) else { return [endpoint] }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &found) == 0, let found else {
        throw .addressRefused(.bind, endpoint: endpoint, code: EADDRNOTAVAIL)
    }
    defer { freeaddrinfo(found) }
    var endpoints: [String] = []
    for entry in sequence(first: found, next: { $0.pointee.ai_next }) {
        guard let address = numericHost(entry.pointee) else { continue }
        let isLoopback = address.hasPrefix("127.") || address == "[::1]"
        let endpoint = "tcp://\(address):\(port)"
        if (isLoopback || host != "localhost") && !endpoints.contains(endpoint) {
            endpoints.append(endpoint)
        }
    }
    guard !endpoints.isEmpty else {
        throw .addressRefused(.bind, endpoint: endpoint, code: EADDRNOTAVAIL)
    }
    return endpoints
}

/// A name that has to be looked up, and the port behind it; nil where there is none.
private func nameAndPort(of endpoint: String) -> (host: String, port: Substring)? {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
    let host = String(endpoint[..<colon].dropFirst("tcp://".count))
    var address = in_addr()
    let isNumeric = host.contains(":") || inet_pton(AF_INET, host, &address) == 1
    // A semicolon is libzmq's own, behind an address to connect from.
    guard !isNumeric, !host.isEmpty, host != "*", !host.contains(";"), if_nametoindex(host) == 0
    else { return nil }
    return (host, endpoint[endpoint.index(after: colon)...])
}

/// An address in digits, in brackets where it is IPv6.
private func numericHost(_ entry: addrinfo) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
        let outcome = getnameinfo(
            entry.ai_addr,
            entry.ai_addrlen,
            text.baseAddress,
            socklen_t(text.count),
            nil,
            0,
            NI_NUMERICHOST
        )
        guard outcome == 0, let start = text.baseAddress else { return nil }
        let host = String(cString: start)
        return entry.ai_family == AF_INET6 ? "[\(host)]" : host
    }
}

extension ZeroMQError {
    /// Whether an address is of no interface of this machine, or of a kind that it does not have.
    var isAddressElsewhere: Bool {
        guard case .addressRefused(.bind, _, let code) = self else { return false }
        return [EADDRNOTAVAIL, ENODEV, EAFNOSUPPORT].contains(code)
    }
}
