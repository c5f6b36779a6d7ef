import Glibc

/// Refuses what libzmq would misread: it takes `tcp://HOST:99999` and binds port 34463, and it
/// reads an address only up to its first zero byte.
func checkEndpoint(
    _ endpoint: String,
    for operation: ZeroMQError.AddressOperation
) throws(ZeroMQError) {
    let isRefused =
        endpoint.utf8.contains(0) || (endpoint.hasPrefix("tcp://") && !hasPort(endpoint, operation))
    guard !isRefused else {
        throw .addressRefused(operation, endpoint: endpoint, code: EINVAL)
    }
    // A libzmq may have been built with more kinds, some of which other machines reach, and
    // `isOfThisMachine` knows these alone.
    if let scheme = endpoint.firstRange(of: "://").map({ endpoint[..<$0.lowerBound] }),
        !["tcp", "ipc", "inproc"].contains(scheme)
    {
        throw .addressRefused(operation, endpoint: endpoint, code: EPROTONOSUPPORT)
    }
    if operation == .bind, endpoint.hasPrefix("ipc://"),
        let code = reasonNotToReplace(String(endpoint.dropFirst("ipc://".count)))
    {
        throw .addressRefused(operation, endpoint: endpoint, code: code)
    }
}

/// Why the file of that name has to stay: libzmq removes it before it binds there, whatever it is.
///
/// - Returns: EEXIST for anything but a socket, EADDRINUSE for a socket that somebody serves, nil
///   for what may be replaced, such as the socket of a process that was killed.
private func reasonNotToReplace(_ path: String) -> Int32? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFSOCK else { return EEXIST }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isFitting = withUnsafeMutableBytes(of: &address.sun_path) { bytes in
        bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        return path.utf8.count < bytes.count
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard isFitting, descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let isServed = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }
    return isServed ? EADDRINUSE : nil
}

/// Tells whether an address ends in a port that exists; only binding may leave it to the system.
private func hasPort(_ endpoint: String, _ operation: ZeroMQError.AddressOperation) -> Bool {
    guard let colon = endpoint.lastIndex(of: ":") else { return false }
    let text = endpoint[endpoint.index(after: colon)...]
    if operation == .bind && (text == "*" || text == "0") { return true }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
    return (1...65535).contains(Int(text) ?? 0)
}
