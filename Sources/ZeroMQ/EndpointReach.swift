/// Whether only processes of this machine reach an address.
///
/// What is no address of a kind that a socket takes here is left to the socket to refuse.
package func isOfThisMachine(_ endpoint: String) -> Bool {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return true }
    let host = endpoint[..<colon].dropFirst("tcp://".count)
    if host.isEmpty { return true }
    if ["localhost", "[::1]", "::1"].contains(host) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
