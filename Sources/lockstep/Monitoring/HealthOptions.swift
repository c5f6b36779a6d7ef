import ArgumentParser
import Foundation
import Hosting
import Services
import WebServer

/// Where a process can be asked how it does.
struct HealthOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Answer /healthz, /readyz and /metrics (for Prometheus) over HTTP there, such as *:8080 (default: LOCKSTEP_HEALTH, else nowhere).",
            valueName: "address"
        )
    )
    var health: String?

    /// Whether it can be asked at all.
    var isAskedFor: Bool { text != nil }

    private var text: String? { health ?? ProcessInfo.processInfo.environment["LOCKSTEP_HEALTH"] }

    /// Begins to listen; nothing where no address is named.
    ///
    /// - Parameter board: how the run goes; nil for a worker.
    /// - Throws: `ListenError` when the address is none or cannot be had.
    func services(
        answering health: Health,
        board: RunBoard? = nil
    ) throws -> [ServiceGroup.Member] {
        guard let text else { return [] }
        let server = try HTTPServer(
            at: try ListenAddress(text, option: "--health")
        ) { _ in
            [HealthPages(health: health), MetricsPage(health: health, board: board)]
        }
        health.willBeAskedFor()
        // First in the group: it answers until the others have ended.
        return [.init(server, endsGroup: false)]
    }
}
