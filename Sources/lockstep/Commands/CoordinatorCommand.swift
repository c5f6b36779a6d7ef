import ArgumentParser
import Foundation
import Hosting
import Logging
import NetworkTransport
import Training

/// `lockstep coordinator`: a run whose workers are started elsewhere.
struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Train with workers that are started by hand, here or on other machines.",
        discussion: """
            Training starts once --workers (here 1 by default, also for `auto`) have joined; more may come at any time. The result is that \
            of `lockstep train` with the same settings and seed.

            \(SettingOptions.sources)

            EXAMPLES:
              lockstep coordinator --bind tcp://127.0.0.1:5555 -w 2
              lockstep coordinator --bind tcp://*:5555 -w 4 --keys keys
              lockstep coordinator --bind tcp://*:5555 --keys keys --invite 2
            """
    )

    /// Where workers find it.
    struct AddressOption: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Where to listen, such as tcp://127.0.0.1:5555, or tcp://*:5555 for every interface (default: LOCKSTEP_BIND).",
                valueName: "address"
            )
        )
        var bind: String?
    }

    @OptionGroup(title: "Connection") var place: AddressOption

    @OptionGroup(title: "Connection") var payloads: PayloadPortOption

    @OptionGroup var settings: SettingOptions

    @OptionGroup var options: RunOptions

    @OptionGroup(title: "Security") var security: SecurityOptions

    func validate() throws { _ = try address() }

    private func address() throws -> String {
        try EnvironmentVariable.value(
            of: place.bind,
            named: "--bind",
            otherwise: "LOCKSTEP_BIND",
            to: "listening for workers"
        )
    }

    func run() async throws {
        Signals.outliveReaders()
        Signals.outliveTerminal()
        try await RunSession(
            settings: settings,
            options: options,
            endpoint: try address(),
            security: security,
            payloadPort: try payloads.port,
            workers: .remote,
            logger: options.logging.logger("coordinator")
        ).run()
    }
}
