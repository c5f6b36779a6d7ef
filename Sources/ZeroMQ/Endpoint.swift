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
}

/// Tells whether an address ends in a port that exists; only binding may leave it to the system.
private func hasPort(_ endpoint: String, _ operation: ZeroMQError.AddressOperation) -> Bool {
    guard let colon = endpoint.lastIndex(of: ":") else { return false }
    let text = endpoint[endpoint.index(after: colon)...]
    if operation == .bind && (text == "*" || text == "0") { return true }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
    return (1...65535).contains(Int(text) ?? 0)
}
