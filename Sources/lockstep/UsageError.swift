import Configuration
import Hosting
import Kernels
import Keys
import Training
import WebServer
import ZeroMQ

/// A mistake in how the program was called that shows only once files have been read.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Whether an error is a mistake in how the program was called (exit code 2) and not in what it met
/// (1).
func isMistakeInUse(_ error: any Error) -> Bool {
    switch error {
    case let error as ConfigurationError:
        switch error {
        case .unknownSetting, .badValue, .contradiction, .repeated, .badFile: true
        case .unreadable, .belongsToAnother: false
        }
    case let error as ZeroMQError:
        error.isMalformedAddress
    case let error as KernelError:
        error != .noneRunnable
    case let error as KeyError:
        error.isMistakeInUse
    case ListenError.malformed, is HostError, is SingleDash, is UnknownCommand, is UsageError:
        true
    default:
        false
    }
}
