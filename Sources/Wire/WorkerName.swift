/// Where a worker runs, as it says itself: for people to read, and for nothing to be decided by.
package struct WorkerName: Hashable, Sendable, CustomStringConvertible {
    /// What its machine is called: letters, digits, dots, hyphens and underscores.
    package let host: String
    /// The number of its process on that machine.
    package let process: Int

    /// Longer names of machines are none (RFC 1035, 2.3.4).
    private static let hostSizeMax = 255

    /// Takes a name, without what does not belong into one; nil if nothing is left.
    package init?(host: String, process: Int) {
        let letters = host.utf8.prefix(Self.hostSizeMax).filter(Self.isAllowed)
        guard !letters.isEmpty, process > 0 else { return nil }
        self.host = String(decoding: letters, as: UTF8.self)
        self.process = process
    }

    /// `beta/4711`.
    package var description: String { "\(host)/\(process)" }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
