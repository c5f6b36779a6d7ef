/// Why health cannot be asked for at an address.
package enum HealthError: Error, Equatable, CustomStringConvertible {
    /// It is no address.
    case malformed(String)
    /// The system does not give it.
    case refused(String, reason: String)

    package var description: String {
        switch self {
        case .malformed(let text):
            "--health '\(text)': no address was found where HOST:PORT was expected; "
                + "write 127.0.0.1:8080, or *:8080 for every interface"
        case .refused(let text, let reason):
            "--health \(text): listening failed with \"\(reason)\" where a free address of this machine was expected; "
                + "choose another"
        }
    }
}
