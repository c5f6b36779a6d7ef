import Glibc

/// What a TCP connection has carried, as tcp(7)'s TCP_INFO counts it.
enum TransferredBytes {
    /// The bytes that came in; nil where nothing is counted, as with a Unix socket.
    static func received(over descriptor: Int32) -> UInt64? {
        count(at: receivedOffset, of: descriptor)
    }

    /// The bytes that went out, those sent again among them; nil where nothing is counted.
    static func sent(over descriptor: Int32) -> UInt64? {
        count(at: sentOffset, of: descriptor)
    }

    /// In linux/tcp.h's `tcp_info`: 8 bytes, 24 words of 4, then pacing rates, acknowledged and
    /// received.
    private static let receivedOffset = 8 + 24 * 4 + 3 * 8

    /// Behind those: 6 words of 4, 4 rates and times of 8, 2 words of 4, and sent.
    private static let sentOffset = receivedOffset + 8 + 6 * 4 + 4 * 8 + 2 * 4

    private static func count(at offset: Int, of descriptor: Int32) -> UInt64? {
        withUnsafeTemporaryAllocation(byteCount: offset + 8, alignment: 8) { info in
            var size = socklen_t(info.count)
            let outcome = getsockopt(
                descriptor,
                Int32(IPPROTO_TCP),
                TCP_INFO,
                info.baseAddress,
                &size
            )
            guard outcome == 0, Int(size) == info.count else { return nil }
            return info.load(fromByteOffset: offset, as: UInt64.self)
        }
    }
}
