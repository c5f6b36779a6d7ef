import ArgumentParser
import Foundation
import Hosting
import Logging
import Services
import WebServer

/// Where a run can be watched.
struct MonitoringOptions: ParsableArguments {
    @OptionGroup var health: HealthOptions

    @Option(
        help: ArgumentHelp(
            "Show a live page there, such as 127.0.0.1:8080; other machines' addresses need LOCKSTEP_DASHBOARD_TOKEN (default: LOCKSTEP_DASHBOARD, else nowhere).",
            valueName: "address"
        )
    )
    var dashboard: String?

    private var dashboardText: String? {
        dashboard ?? ProcessInfo.processInfo.environment["LOCKSTEP_DASHBOARD"]
    }

    /// Begins to listen where that is asked for, and has the board told of the run then.
    ///
    /// - Throws: `ListenError` when an address is none or cannot be had, `UsageError` when the page
    ///   would be open to others without a token.
    func services(
        _ health: Health,
        logger: Logger
    ) throws -> (board: RunBoard?, [ServiceGroup.Member]) {
        guard self.health.isAskedFor || dashboardText != nil else { return (nil, []) }
        let board = RunBoard()
        var services = try self.health.services(answering: health, board: board)
        if let dashboardText {
            let address = try ListenAddress(dashboardText, option: "--dashboard")
            let server = try Self.server(at: address, health, board, logger)
            services.append(.init(server, endsGroup: false))
        }
        return (board, services)
    }

    private static func server(
        at address: ListenAddress,
        _ health: Health,
        _ board: RunBoard,
        _ logger: Logger
    ) throws -> HTTPServer {
        let token = try token(for: address)
        let pages: [any HTTPResponder] = [
            DashboardPages(board), MetricsPage(health: health, board: board),
        ]
        let server = try HTTPServer(at: address) { port in
            var generator = SystemRandomNumberGenerator()
            return [
                HealthPages(health: health),
                AccessGuard(pages, token: token, port: port, generator: &generator),
            ]
        }
        health.willBeAskedFor()
        let needed = token == nil ? "" : "?token=…"
        logger.notice("the live page is at http://\(address.host(withPort: server.port))/\(needed)")
        return server
    }

    private static let variable = "LOCKSTEP_DASHBOARD_TOKEN"

    private static func token(for address: ListenAddress) throws -> AccessToken? {
        guard let text = EnvironmentSecret.dashboardToken else {
            guard address.isLoopback else {
                throw UsageError(
                    "--dashboard \(address.text): an address that other machines reach was found without a token where one was expected; set \(variable), or use 127.0.0.1:8080"
                )
            }
            return nil
        }
        guard let token = AccessToken(text) else {
            throw UsageError(
                "\(variable): \(text.utf8.count) characters were found where \(AccessToken.sizeMin) to \(AccessToken.sizeMax) letters, digits and -._~ were expected; draw one with openssl rand -hex 16"
            )
        }
        return token
    }
}
