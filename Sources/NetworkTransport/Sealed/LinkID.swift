import Wire

/// What tells sealed links apart, drawn for each; travels in a welcome, and names the link's
/// connection.
struct LinkID: Hashable {
    private let first: UInt64
    private let second: UInt64

    /// Draws one.
    init() {
        var random = SystemRandomNumberGenerator()
        first = random.next()
        second = random.next()
    }

    /// Takes the identity of a connection; nil if it is none of a link.
    init?(routingID: UnsafeRawBufferPointer) {
        guard routingID.count == 1 + SealedLinkOffer.idSize, routingID[0] == Self.mark else {
            return nil
        }
        first = routingID.loadUnaligned(fromByteOffset: 1, as: UInt64.self)
        second = routingID.loadUnaligned(fromByteOffset: 9, as: UInt64.self)
    }

    /// As a welcome carries it.
    var bytes: [UInt8] { withUnsafeBytes(of: (first, second)) { Array($0) } }

    /// The identity of the connection of a link that a welcome named so.
    static func routingID(_ bytes: [UInt8]) -> [UInt8] { [mark] + bytes }

    /// libzmq keeps identities that begin with a zero to itself.
    private static let mark = UInt8(ascii: "s")
}
