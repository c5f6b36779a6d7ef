/// The address that the coordinator is bound to, in parts.
struct BoundAddress: Equatable {
    /// The host by which others reach it; nil when it is bound to every interface.
    let host: String?
    /// The port.
    let port: String

    /// Takes a `tcp://HOST:PORT` as libzmq reports it.
    init(_ endpoint: String) {
        let address = endpoint.dropFirst("tcp://".count)
        let colon = address.lastIndex(of: ":") ?? address.endIndex
        let host = String(address[..<colon])
        self.host = ["0.0.0.0", "[::]", "*"].contains(host) ? nil : host
        port = String(address[colon...].dropFirst())
    }
}
