import ArgumentParser
import Foundation
import Hosting
import Kernels
import Logging
import NetworkTransport
import Services
import Training
import TrainingProtocol
import ZeroMQ

/// `lockstep relay`: stands between the coordinator and workers.
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay",
        abstract: "Add the gradients of workers for a coordinator, until the run is over.",
        discussion: """
            To its workers a relay is a coordinator, to the coordinator it is one worker: it joins once it has a worker, \
            and sends one gradient where they send several. It ends by itself when the run is over. Only runs of 10 classes.

            EXAMPLES:
              lockstep relay --connect tcp://127.0.0.1:5555 --bind tcp://127.0.0.1:5556
              lockstep relay --connect tcp://alpha:5555 --key relay-1.key --bind tcp://*:5555 --keys keys
            """
    )

    @OptionGroup(title: "Connection") var connection: WorkerCommand.ConnectionOptions

    @OptionGroup(title: "Connection") var place: CoordinatorCommand.AddressOption

    @OptionGroup(title: "Connection") var payloads: PayloadPortOption

    @OptionGroup(title: "Security") var security: SecurityOptions

    @Option(
        help: ArgumentHelp(
            "This relay's file for the coordinator, made by `lockstep keys` (default: LOCKSTEP_KEY_FILE, else the text in LOCKSTEP_WORKER_KEY).",
            valueName: "file"
        ),
        completion: .file()
    )
    var key: String?

    @OptionGroup(title: "Monitoring") var health: HealthOptions

    @OptionGroup(title: "Output") var logging: LoggingOptions

    func validate() throws {
        _ = try bound()
        _ = try address()
    }

    private func bound() throws -> String {
        try EnvironmentVariable.value(
            of: place.bind,
            named: "--bind",
            otherwise: "LOCKSTEP_BIND",
            to: "listening for workers"
        )
    }

    private func address() throws -> String {
        try EnvironmentVariable.value(
            of: connection.connect,
            named: "--connect",
            otherwise: "LOCKSTEP_CONNECT",
            to: "looking for the coordinator"
        )
    }

    func run() async throws {
        Signals.outliveReaders()
        Signals.outliveTerminal()
        try OpenFileLimit.makeRoom(for: .remoteRun(workerCount: 256, hostCount: 0))
        AllocatorTuning.keepFreedMemory()
        let address = try address()
        let logger = logging.logger("relay")
        let supervision = Supervision(environment: ProcessInfo.processInfo.environment)
        let service = try service(to: address, supervision)
        logger.info(
            "listening at \(service.endpoint), waiting for a worker to join \(address) with"
        )
        security.warnIfOpen(at: service.endpoint, logger: logger)
        supervision.notifier?.ready("listening at \(service.endpoint)")
        supervision.health.isNow(ready: false, "waiting for a worker to join \(address) with")
        let signals = try await ServiceRun(logger: logger, supervision: supervision).run(
            try health.services(answering: supervision.health) + [
                .init(service, endsGroup: true)
            ],
            ignoring: [],
            hangUp: .passes
        )
        try end(service, at: address, signals.exitCode)
    }

    private func service(to address: String, _ supervision: Supervision) throws -> RelayService {
        let logger = logging.logger("relay")
        let admission = try security.admission(at: bound())
        let words = (key.map { ["--key", $0] } ?? []) + (security.insecure ? ["--insecure"] : [])
        var settings = Relay.Settings()
        settings.above.patience = .seconds(connection.reconnectFor)
        return try RelayService(
            connectingTo: address,
            key: WorkerSecurityOptions.parse(words).key(for: address, logger: logger),
            over: BoundTransport(
                binding: bound(),
                admission: admission,
                payloadPort: payloads.port
            ),
            settings: settings,
            kernels: KernelSet.best(environment: ProcessInfo.processInfo.environment),
            supervision: supervision,
            logger: logger
        )
    }

    private func end(_ service: RelayService, at address: String, _ exitCode: Int32?) throws {
        switch service.outcome {
        case .finished?: logging.logger("relay").info("the run is over")
        case .left?, nil: if let exitCode { throw ExitCode(exitCode) }
        case .refused(let version)?:
            throw WorkerFailure.refused(address: address, version: version)
        case .dismissed?: throw WorkerFailure.dismissed(address: address)
        case .coordinatorMissing?:
            throw WorkerFailure.coordinatorMissing(
                address: address,
                seconds: connection.reconnectFor,
                reason: service.searchReason
            )
        }
    }
}
