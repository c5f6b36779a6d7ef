/// Why a server cannot listen.
package enum ListenError: Error, Equatable, CustomStringConvertible {
    /// It is no address.
    case malformed(option: String, String)
    /// The system does not give it.
    case refused(option: String, String, reason: String)

    package var description: String {
        switch self {
        case .malformed(let option, let text):
            "\(option) '\(text)': no address was found where HOST:PORT was expected; "
                + "write 127.0.0.1:8080, or *:8080 for every interface"
        case .refused(let option, let text, let reason):
            "\(option) \(text): listening failed with \"\(reason)\" where a free address of this machine was expected; "
                + "choose another"
        }
    }
}
