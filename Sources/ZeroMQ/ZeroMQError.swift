import CZeroMQ
import Glibc

/// Says which call to ZeroMQ failed, on what, and what to do about it.
///
/// `code` is the `errno` that libzmq set; those below `ZMQ_HAUSNUMERO` are the system's own.
public enum ZeroMQError: Error, Equatable, CustomStringConvertible {
    /// What was being done with an address.
    public enum AddressOperation: String, Sendable {
        /// Accepting connections there.
        case bind
        /// Reaching out to it.
        case connect
        /// Accepting no more connections there.
        case unbind
        /// Ending the connection to it.
        case disconnect
    }

    /// An address could not be bound, connected, unbound or disconnected.
    case addressRefused(AddressOperation, endpoint: String, code: Int32)
    /// An option has a value that libzmq does not take.
    case optionRefused(name: String, value: String, code: Int32)
    /// A connection cannot be used, for a reason that its user found; the text is the sentence.
    case connectionUnusable(String)
    /// Another call failed; `operation` completes the sentence "cannot …".
    case callFailed(operation: String, code: Int32)

    /// One sentence: what was being done, what was found, what to do.
    public var description: String {
        switch self {
        case .addressRefused(let operation, let endpoint, let code):
            let address = endpoint.isEmpty ? "an empty address" : endpoint
            return "\(Self.words(for: operation)) \(address): \(addressSentence(operation, code))"
        case .optionRefused(let name, let value, let code):
            return "cannot set the socket's \(name) to \(value): \(systemText(code)); "
                + "choose a value in the range that zmq_setsockopt(3) gives"
        case .connectionUnusable(let sentence):
            return sentence
        case .callFailed(let operation, let code):
            return "cannot \(operation): \(callSentence(code))"
        }
    }
}

extension ZeroMQError {
    private static func words(for operation: AddressOperation) -> String {
        switch operation {
        case .bind: "listening at"
        case .connect: "connecting to"
        case .unbind, .disconnect: "leaving"
        }
    }

    /// Whether an address was written in a way that no machine could serve, a mistake of whoever
    /// wrote it.
    package var isMalformedAddress: Bool {
        switch self {
        case .addressRefused(_, _, let code):
            [EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO].contains(code)
        case .optionRefused, .callFailed, .connectionUnusable:
            false
        }
    }
}

/// Tells what was found at an address and what to do.
///
/// The codes are those that zmq_bind(3), zmq_connect(3), bind(2) and unix(7) document.
private func addressSentence(_ operation: ZeroMQError.AddressOperation, _ code: Int32) -> String {
    switch code {
    case EADDRINUSE:
        "the address is already in use; stop the other program or choose another port"
    case EEXIST:
        "a file that is no socket has this name and is left alone; choose another path"
    case EADDRNOTAVAIL, ENODEV:
        "no network interface of this machine has this name or address; use tcp://*:PORT for all "
            + "interfaces, or one of this machine's numeric addresses"
    case EINVAL:
        "the address cannot be parsed; tcp://HOST:PORT was expected, with a port from 1 to 65535, "
            + "as in tcp://127.0.0.1:5555"
    case EPROTONOSUPPORT, ENOCOMPATPROTO, EAGAIN:
        "this kind of address cannot be used here; write tcp://HOST:PORT or ipc://PATH"
    case EACCES:
        "this user may not open it; ports below 1024 need privileges, choose one from 1024 to "
            + "65535, or a socket file in a folder of your own"
    case ENOENT where operation == .unbind || operation == .disconnect:
        "the socket is not attached to this address; use the one it was bound or connected to"
    case ENOENT, ENOTDIR:
        "the socket file's folder does not exist; make it or choose another path"
    case EROFS:
        "the socket file's folder is read-only; choose another path"
    case ENAMETOOLONG:
        "the socket file's path is longer than 107 bytes; choose a shorter one"
    case ECONNREFUSED:
        "nothing is bound to it; start the other side first"
    default:
        callSentence(code)
    }
}

/// Tells why a call without an address failed and what to do.
private func callSentence(_ code: Int32) -> String {
    switch code {
    case EMFILE, ENFILE:
        "\(systemText(code)); raise the limit (ulimit -n) or the context's socket count"
    case ENOMEM, ENOBUFS:
        "\(systemText(code)); free some memory"
    case ETERM:
        "the ZeroMQ context is closing; start the program again"
    default:
        "\(systemText(code)) (error \(code)); this is unexpected, please report it"
    }
}

/// libzmq's own words for an error, begun in lower case to go on a sentence.
private func systemText(_ code: Int32) -> String {
    let text = String(cString: zmq_strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
}

extension ZeroMQError {
    /// The error of the libzmq call that has just failed.
    static func lastCall(_ operation: String) -> ZeroMQError {
        .callFailed(operation: operation, code: zmq_errno())
    }
}

/// libzmq's own error codes, which its header defines by an expression (zmq.h).
let ENOCOMPATPROTO: Int32 = 156_384_712 + 52
let ETERM: Int32 = 156_384_712 + 53
