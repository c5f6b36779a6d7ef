import ArgumentParser
import Foundation
import Hosting
import ServiceLifecycle

/// Where a process can be asked how it does.
struct HealthOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Answer /healthz and /readyz over HTTP there, such as *:8080 (default: LOCKSTEP_HEALTH, else nowhere).",
            valueName: "address"
        )
    )
    var health: String?

    /// Whether it can be asked at all.
    var isAskedFor: Bool { text != nil }

    private var text: String? { health ?? ProcessInfo.processInfo.environment["LOCKSTEP_HEALTH"] }

    /// Begins to listen; nothing where no address is named.
    ///
    /// - Throws: `HealthError` when the address is none or cannot be had.
    func services(
        answering health: Health
    ) throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let text else { return [] }
        let listener = try HealthListener(at: try HealthAddress(text), health: health)
        // First in the group: it answers until the others have ended.
        return [.init(service: listener, successTerminationBehavior: .ignore)]
    }
}
