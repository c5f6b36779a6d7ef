import Glibc

/// Who is at the other end of a TCP connection.
struct RemoteAddress: Equatable {
    /// What counts as one place: an IPv4 address, or the IPv6 network that a host draws its
    /// addresses from.
    struct Place: Hashable {
        /// What tells it from others.
        let bytes: UInt64

        /// Where all connections come from that have no address, such as those over a socket file.
        static let nowhere = Place(bytes: 0)
    }

    /// Where it is.
    let place: Place
    private let port: UInt16

    /// Whom a connection goes to now; nil if it has ended, or has no address.
    init?(ofConnection descriptor: Int32) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let outcome = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getpeername(descriptor, $0, &size)
            }
        }
        guard outcome == 0 else { return nil }
        let bytes = withUnsafeBytes(of: storage) { Array($0) }
        switch Int32(storage.ss_family) {
        // Family, port and address of sockaddr_in; flow information before that of sockaddr_in6.
        case AF_INET: self.init(ipv4: bytes[4..<8], port: bytes[2..<4])
        case AF_INET6:
            let address = bytes[8..<24]
            let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
            if address.starts(with: mapped) {
                self.init(ipv4: address.suffix(4), port: bytes[2..<4])
            } else {
                self.init(ipv6: address, port: bytes[2..<4])
            }
        default: return nil
        }
    }

    private init(ipv4 address: ArraySlice<UInt8>, port: ArraySlice<UInt8>) {
        // No IPv6 network begins so.
        place = Place(bytes: 0xFFFF_FFFF << 32 | Self.number(address))
        self.port = UInt16(truncatingIfNeeded: Self.number(port))
    }

    private init(ipv6 address: ArraySlice<UInt8>, port: ArraySlice<UInt8>) {
        place = Place(bytes: Self.number(address.prefix(8)))
        self.port = UInt16(truncatingIfNeeded: Self.number(port))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
