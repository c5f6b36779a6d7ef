/// Where an encrypted coordinator takes sealed payloads.
package enum PayloadPort: Equatable, Sendable {
    /// A port that the system chooses.
    case automatic
    /// This one.
    case number(UInt16)
    /// Nowhere: everything goes through one encrypted connection.
    case none

    /// Reads `auto`, `none` or a number from 1 to 65535; nil for anything else.
    package init?(_ text: String) {
        switch text {
        case "auto": self = .automatic
        case "none": self = .none
        default:
            guard let number = UInt16(text), number > 0 else { return nil }
            self = .number(number)
        }
    }

    /// What to bind beside `endpoint`; nil for nothing, as beside an address without ports.
    package func endpoint(beside endpoint: String) -> String? {
        switch self {
        case .automatic: Self.replacePort(of: endpoint, by: "*")
        case .number(let number): Self.replacePort(of: endpoint, by: String(number))
        case .none: nil
        }
    }

    /// The same host's address with another port; nil where there are no ports.
    static func replacePort(of endpoint: String, by port: String) -> String? {
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else {
            return nil
        }
        return endpoint[...colon] + port
    }

    /// The port of an address; nil if it has none.
    package static func port(of endpoint: String) -> Int? {
        endpoint.lastIndex(of: ":").flatMap { Int(endpoint[endpoint.index(after: $0)...]) }
    }
}
