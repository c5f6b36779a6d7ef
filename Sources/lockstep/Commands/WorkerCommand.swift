import ArgumentParser
import Foundation
import Hosting
import Kernels
import Keys
import Logging
import Services
import Training
import TrainingProtocol
import ZeroMQ

/// `lockstep worker`: computes gradients for a coordinator.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Compute for a coordinator, until the run is over.",
        discussion: """
            A worker holds no data and no state: start as many as there are cores, in any order, before or after the \
            coordinator. It ends by itself when the run is over. Ctrl-C, SIGTERM \
            or the end of its terminal hands its work back.

            EXAMPLES:
              lockstep worker --connect tcp://127.0.0.1:5555
              lockstep worker --connect tcp://alpha:5555 --key worker-1.key
              lockstep worker --connect tcp://alpha:5555 --processes auto
            """
    )

    /// Where the coordinator is.
    struct ConnectionOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The coordinator's address, such as tcp://10.0.0.1:5555 (default: LOCKSTEP_CONNECT).",
                valueName: "address"
            )
        )
        var connect: String?

        @Option(
            help: ArgumentHelp(
                "How long to look for the coordinator, at first and after losing it, in seconds",
                valueName: "seconds"
            )
        )
        var reconnectFor: Int = 600

        func validate() throws {
            guard (1...31_536_000).contains(reconnectFor) else {
                throw ValidationError(
                    "--reconnect-for \(reconnectFor) was found where 1 to 31,536,000 seconds were expected; choose one of these"
                )
            }
        }
    }

    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    @Option(
        help: ArgumentHelp(
            "How many worker processes to start, `auto` for one a processor; one that dies is started again (default: compute in this process).",
            valueName: "count|auto"
        )
    )
    var processes: ProcessCount?

    @Flag(help: "End when standard input ends: then the program that started this one is gone.")
    var exitOnStdinEOF = false

    @Option(
        help: ArgumentHelp(
            "Sleep instead of computing, for `lockstep bench`: nothing is learned.",
            valueName: "milliseconds",
            visibility: .hidden
        )
    )
    var simulateCompute: SimulatedMilliseconds?

    @OptionGroup(title: "Security") var security: WorkerSecurityOptions

    @OptionGroup(title: "Monitoring") var health: HealthOptions

    @OptionGroup(title: "Output") var logging: LoggingOptions

    func validate() throws {
        _ = try address()
        if processes != nil, health.isAskedFor {
            throw ValidationError(
                "starting workers: both --processes and an address for health were found where one at most was expected; "
                    + "start each worker with a --health of its own"
            )
        }
    }

    private func address() throws -> String {
        try EnvironmentVariable.value(
            of: connection.connect,
            named: "--connect",
            otherwise: "LOCKSTEP_CONNECT",
            to: "looking for the coordinator"
        )
    }

    /// A terminal's Ctrl-C reaches every process of it, and so does its end; the one that started
    /// this worker decides.
    private var ignored: Set<Int32> { exitOnStdinEOF ? [SIGINT] : [] }

    private var hangUp: SignalWatch.HangUp { exitOnStdinEOF ? .passes : .ends }

    func run() async throws {
        Signals.outliveReaders()
        // Before there are threads, which map memory of their own.
        let held = processes?.number
        try OpenFileLimit.makeRoom(for: held.map { .holding(workerCount: $0) } ?? .worker)
        try SystemRoom.check(workerCount: held ?? 0)
        if exitOnStdinEOF {
            Signals.outliveTerminal()
            try StandardInput.endProcessAfterItsEnd()
        }
        let supervision = Supervision(environment: ProcessInfo.processInfo.environment)
        if let processes {
            try await hold(processes.number, supervision)
        } else {
            try await compute(supervision)
        }
    }

    /// Computes in this process.
    private func compute(_ supervision: Supervision) async throws {
        let address = try address()
        let logger = logging.logger("worker")
        let joined = try await security.joinedKey(
            at: address,
            patience: connection.reconnectFor,
            logger: logger
        )
        let key = try joined ?? security.key(for: address, logger: logger)
        AllocatorTuning.keepFreedMemory()
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let listener = try health.services(answering: supervision.health)
        var settings = Worker.Settings()
        settings.patience = .seconds(connection.reconnectFor)
        let service = try WorkerService(
            endpoint: address,
            key: key,
            settings: settings,
            kernels: kernels,
            endsWithStandardInput: exitOnStdinEOF,
            simulatedDuration: simulateCompute.map { .seconds($0.value / 1_000) },
            supervision: supervision,
            logger: logger
        )
        logger.info("looking for a coordinator at \(address), computing with \(kernels.name)")
        supervision.notifier?.ready("looking for a coordinator at \(address)")
        supervision.health.isNow(ready: false, "looking for a coordinator at \(address)")
        let signals = try await ServiceRun(logger: logger, supervision: supervision).run(
            listener + [
                .init(service, endsGroup: true)
            ],
            ignoring: ignored,
            hangUp: hangUp
        )
        switch service.outcome {
        case .finished?:
            logger.info("the run is over")
        case .left?, nil:
            if let code = signals.exitCode { throw ExitCode(code) }
        case .refused(let version)?:
            throw WorkerFailure.refused(address: address, version: version)
        case .dismissed?:
            logger.error("\(WorkerFailure.dismissed(address: address))")
            throw ExitCode(LocalWorkers.dismissedStatus)
        case .coordinatorMissing?:
            let failure = WorkerFailure.coordinatorMissing(
                address: address,
                seconds: connection.reconnectFor,
                reason: service.searchReason
            )
            guard exitOnStdinEOF else { throw failure }
            // Whoever holds this process need not read the reason to know it.
            Entry.complain(of: failure)
            throw ExitCode(LocalWorkers.unfoundStatus)
        }
    }
}

/// Several workers under one command.
extension WorkerCommand {
    /// Keeps worker processes running until the run is over or somebody asks for the end.
    private func hold(_ workerCount: Int, _ supervision: Supervision) async throws {
        let address = try address()
        let logger = logging.logger("worker")
        let joined = try await security.joinedKey(
            at: address,
            patience: connection.reconnectFor,
            logger: logger
        )
        let key = try joined ?? security.key(for: address, logger: logger)
        let workers = LocalWorkers(
            executablePath: try Executable.path(),
            workerCount: workerCount,
            endpoint: address,
            options: logging.forWorkers + ["--reconnect-for", String(connection.reconnectFor)]
                + (simulateCompute.map { ["--simulate-compute", String($0.value)] } ?? []),
            keyText: key?.text,
            outlivesWorkers: false,
            logger: logger
        )
        var services: [ServiceGroup.Member] = [
            .init(workers, endsGroup: true)
        ]
        if exitOnStdinEOF {
            services.append(.init(try StandardInput.Watch(), endsGroup: true))
        }
        supervision.notifier?.ready(
            "\(workerCount) worker\(workerCount == 1 ? " looks" : "s look") for a coordinator at \(address)"
        )
        do {
            let signals = try await ServiceRun(logger: logger, supervision: supervision)
                .run(services, ignoring: ignored, hangUp: hangUp)
            if let code = signals.exitCode { throw ExitCode(code) }
        } catch LocalWorkers.Failure.allDismissed {
            throw ExitCode(LocalWorkers.dismissedStatus)
        } catch LocalWorkers.Failure.noneFound {
            throw WorkerFailure.coordinatorMissing(
                address: address,
                seconds: connection.reconnectFor,
                reason: "its worker processes say above why"
            )
        } catch LocalWorkers.Failure.allEnded(let workerCount, let last) {
            throw WorkerFailure.allEnded(address: address, workerCount: workerCount, last: last)
        }
    }
}

/// How many processes: a number, or one a core.
struct ProcessCount: ExpressibleByArgument {
    let number: Int

    init?(argument: String) {
        if argument == "auto" {
            number = ProcessorCount.ofProcess
        } else if let number = Int(argument), (1...1_024).contains(number) {
            self.number = number
        } else {
            return nil
        }
    }
}

/// Why a worker gave up.
enum WorkerFailure: Error, Equatable, CustomStringConvertible {
    /// The coordinator speaks another version of the protocol.
    case refused(address: String, version: Int)
    /// The coordinator has found a wrong answer of this worker.
    case dismissed(address: String)
    /// No coordinator answered in time, for this reason at last.
    case coordinatorMissing(address: String, seconds: Int, reason: String)
    /// No process is left that could be started again; the last one ended in this way.
    case allEnded(address: String, workerCount: Int, last: String)

    var description: String {
        switch self {
        case .refused(let address, let version):
            "joining \(address): the coordinator speaks version \(version) of the protocol where \(protocolVersion) "
                + "was expected; install the same version of Lockstep on both"
        case .dismissed(let address):
            "computing for \(address): the coordinator found a wrong gradient of this worker where its own bits were "
                + "expected; check this machine's memory and processor"
        case .coordinatorMissing(let address, let seconds, let reason):
            "joining \(address): no coordinator answered for \(seconds) s where one was expected (\(reason)); "
                + "check the address and that the coordinator runs"
        case .allEnded(let address, let workerCount, let last):
            "computing for \(address): \(workerCount == 1 ? "the worker process" : "each of \(workerCount) worker processes") ended again and "
                + "again before the run was over, \(workerCount == 1 ? "" : "the last one ")with \(last); see their messages above"
        }
    }
}
