import ArgumentParser
import Foundation
import NetworkTransport
import Training

/// Where sealed payloads go.
struct PayloadPortOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The port for sealed payloads, which workers with keys use if they reach it and which is faster: a number, auto for a free one, or none (default: LOCKSTEP_PAYLOAD_PORT, else auto).",
            valueName: "port"
        )
    )
    var payloadPort: String?

    func validate() throws { _ = try port }

    /// The port that is asked for.
    var port: PayloadPort {
        get throws {
            let variable = "LOCKSTEP_PAYLOAD_PORT"
            guard let text = payloadPort ?? ProcessInfo.processInfo.environment[variable] else {
                return .automatic
            }
            guard let port = PayloadPort(text) else {
                throw ValidationError(
                    "listening: \(payloadPort == nil ? variable : "--payload-port") '\(text)' was found where a port from 1 to 65535, auto or none was expected; choose one of these"
                )
            }
            return port
        }
    }
}
