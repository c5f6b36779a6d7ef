import CZeroMQ
import Glibc

/// Owns a ZeroMQ socket and closes it when it ends.
///
/// It retains its context. Sockets are **not** thread-safe: libzmq ends the process when two
/// threads are in one. The type is therefore not `Sendable`; make a socket in the thread that
/// uses it, or move it there whole. Call into every socket at least once a second (polling
/// counts): libzmq frees closed connections only within such calls.
public struct Socket: ~Copyable {
    /// The kinds of sockets.
    public enum Kind: Sendable {
        /// Serves any number of dealers; each message begins with a dealer's identity.
        case router
        /// Talks to one router.
        case dealer
        /// Talks to one other pair socket, within the process.
        case pair

        fileprivate var type: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            }
        }
    }

    /// What the socket is.
    public let kind: Kind

    let handle: SocketHandle

    /// Makes a socket, not yet attached to any address.
    ///
    /// - Throws: when libzmq refuses an option, or has no sockets or descriptors left.
    public init(
        _ kind: Kind,
        in context: Context,
        options: SocketOptions = SocketOptions()
    ) throws(ZeroMQError) {
        let handle = try SocketHandle(context, type: kind.type)
        try options.apply(to: handle.raw)
        self.kind = kind
        self.handle = handle
    }

    deinit { handle.close() }

    /// Closes the socket; the compiler refuses every later use of it.
    ///
    /// libzmq does it in a thread of its own, so that the address is free a little later.
    public consuming func close() {}

    /// Accepts connections at an address such as `tcp://127.0.0.1:5555` or, for any free port,
    /// `tcp://127.0.0.1:*`; at each address of this machine's where a name has several.
    ///
    /// - Returns: the address as others reach it, with the port that the system chose.
    /// - Throws: when the address is malformed, in use, not of this machine or not permitted.
    @discardableResult
    public func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        try checkEndpoint(endpoint, for: .bind)
        let endpoints = try numericEndpoints(of: endpoint)
        guard endpoints != [endpoint] else {
            try attach(.bind, endpoint, zmq_bind)
            return lastEndpoint
        }
        var port: Substring?
        var failure: ZeroMQError?
        for numeric in endpoints {
            do throws(ZeroMQError) {
                // The same port everywhere, also where the system chooses it.
                try attach(.bind, port.map { Self.prefix(of: numeric) + $0 } ?? numeric, zmq_bind)
                port = port ?? lastEndpoint.dropFirst(Self.prefix(of: lastEndpoint).count)
            } catch {
                guard error.isAddressElsewhere else { throw error }
                failure = error
            }
        }
        guard let port else {
            throw failure ?? .addressRefused(.bind, endpoint: endpoint, code: EADDRNOTAVAIL)
        }
        return Self.prefix(of: endpoint) + port
    }

    /// An address up to its port.
    private static func prefix(of endpoint: String) -> String {
        String(endpoint[...(endpoint.lastIndex(of: ":") ?? endpoint.startIndex)])
    }

    /// Connects to an address in the background, again and again while nothing answers.
    ///
    /// An unknown host is no error here: libzmq looks it up at each attempt. A `Monitor` sees the
    /// attempts fail.
    ///
    /// - Throws: when the address is malformed.
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        try checkEndpoint(endpoint, for: .connect)
        try attach(.connect, endpoint, zmq_connect)
    }

    /// Allows IPv6 for addresses that are connected to from now on, or only IPv4.
    ///
    /// - Throws: when libzmq refuses that.
    public func allowIPv6(_ isAllowed: Bool) throws(ZeroMQError) {
        try SocketOptions.set(isIPv6Allowed: isAllowed, of: handle.raw)
    }

    /// Stops accepting connections at an address, which must be spelled as `lastEndpoint` does.
    ///
    /// - Throws: when the socket is not bound to it.
    public func unbind(_ endpoint: String) throws(ZeroMQError) {
        try attach(.unbind, endpoint, zmq_unbind)
    }

    /// Ends the connection to an address.
    ///
    /// - Throws: when the socket is not connected to it.
    public func disconnect(_ endpoint: String) throws(ZeroMQError) {
        try attach(.disconnect, endpoint, zmq_disconnect)
    }

    /// The address bound or connected last, with the port that the system chose; empty before.
    public var lastEndpoint: String {
        // The longest is `ipc://` and a path of 107 bytes, or an IPv6 address with its zone.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { text in
            var size = text.count
            let outcome = zmq_getsockopt(handle.raw, ZMQ_LAST_ENDPOINT, text.baseAddress, &size)
            return outcome == 0 ? String(cString: text.baseAddress!) : ""
        }
    }

    private func attach(
        _ operation: ZeroMQError.AddressOperation,
        _ endpoint: String,
        _ call: (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32
    ) throws(ZeroMQError) {
        guard call(handle.raw, endpoint) == 0 else {
            throw .addressRefused(operation, endpoint: endpoint, code: zmq_errno())
        }
    }
}
