import ArgumentParser
import Checkpoints
import Configuration
import Foundation
import Hosting
import Kernels
import Keys
import Logging
import MNIST
import Model
import NetworkTransport
import Reporting
import Services
import Training
import TrainingDriver
import TrainingProtocol
import ZeroMQ

/// One start of a run, from its options to its last line.
struct RunSession {
    /// Where its workers come from.
    enum Workers {
        /// Started here; if a time is given, they sleep for it at each shard instead of computing.
        case local(simulatedMilliseconds: Double?)
        /// Started by somebody, somewhere; this number is waited for.
        case remote
        /// Started on these hosts, over ssh; this number is waited for.
        case launched(RemoteWorkers.Plan)
    }

    let settings: SettingOptions
    let options: RunOptions
    let endpoint: String
    /// How its connections are protected; nil where only this user reaches the address.
    var security: SecurityOptions?
    /// Where payloads go sealed, if connections are encrypted.
    var payloadPort = PayloadPort.automatic
    /// Whom to let in where that is decided already.
    var keys: DrawnKeys?
    let workers: Workers
    /// Who watches the process.
    var supervision = Supervision(environment: ProcessInfo.processInfo.environment)
    let logger: Logger

    /// Trains, and leaves the run's folder complete.
    ///
    /// - Throws: the first thing that the operator has to mend; `ExitCode` after a signal.
    func run() async throws {
        AllocatorTuning.keepFreedMemory()
        let (board, servers) = try options.monitoring.services(supervision.health, logger: logger)
        var configuration = try options.configuration(settings)
        let workerCount = workerCount(of: configuration)
        try makeRoom(workerCount)
        let kernels = try KernelSet.best(environment: ProcessInfo.processInfo.environment)
        let initial = try initialParameters()
        let dataset = try loadDataset(of: &configuration, suiting: initial)
        var builder = try RunBuilder(
            configuration: configuration,
            folder: options.folder,
            dataset: dataset,
            kernels: kernels
        )
        if let note = configuration.learningRateNote { logger.notice("\(note)") }
        let trace = try trace()
        // First, for a port in use must not leave a run behind that never began.
        let admission = try admission()
        let bound = try bind(admission, LeNet(classCount: dataset.classes.count))
        security?.warnIfOpen(at: endpoint, logger: logger)
        let lock = try options.folder.open(resumes: options.resumes)
        builder.move(to: lock.folder)
        var run: Run
        let report: RunReport
        let service: CoordinatorService
        do {
            run = try prepare(builder, initial: initial, workerCountMin: workerCount)
            run.start.settings.workerCountAtOnce = workerCountAtOnce(of: workerCount)
            let display = display(of: run)
            report = try self.report(of: run, in: lock.folder, configuration, display)
            service = try CoordinatorService(
                run,
                over: bound,
                sliceCountMax: options.trace == nil ? 0 : WorkerProfile.sliceCountMax,
                observer: watched(report, by: board, run, in: lock.folder, configuration),
                supervision: supervision
            )
            try security?.invite(to: admission, at: service.endpoint)
            display.began(heading(of: run, in: lock.folder, kernels))
        } catch {
            // A run that never began leaves nothing behind.
            lock.abandon()
            throw error
        }
        let signals: SignalWatch
        do {
            signals = try await serve(
                service,
                workerCount: workerCount,
                beside: servers,
                report: report,
                hangUp: hangUp(admission)
            )
        } catch {
            try? run.checkpoints.writer.finish()
            throw error
        }
        defer { service.runResult.map { leave(trace, of: $0) } }
        if let result = service.runResult, result.isComplete {
            try leave(result, configuration, dataset, in: lock.folder, report)
        } else {
            try (service.runResult?.writer ?? run.checkpoints.writer).finish()
            try tell(of: service.runResult, report, in: lock.folder)
            throw ExitCode(signals.exitCode ?? 1)
        }
        _ = consume lock
    }

    /// Leaves the model of a run that is complete.
    private func leave(
        _ result: RunResult,
        _ configuration: RunConfiguration,
        _ dataset: MNISTDataset,
        in folder: RunFolder,
        _ report: RunReport
    ) throws {
        // A checkpoint that fails gives its room back, and is told of after the model is there:
        // that is what the run was for.
        let checkpoints = Result { try result.writer.finish() }
        let card = ModelCard.entries(
            of: result,
            configuration,
            datasetChecksum: dataset.checksum
        )
        try FinishedRun(
            result,
            network: LeNet(classCount: dataset.classes.count),
            card: card
        ).leave(in: folder, report)
        let evaluation = Evaluation(
            kernels: try KernelSet.best(environment: ProcessInfo.processInfo.environment),
            transform: configuration.input,
            network: LeNet(classCount: dataset.classes.count)
        )
        report.testDidEnd(
            EvaluationFindings(
                evaluation,
                classes: dataset.classes,
                of: result.parameters,
                over: dataset.test,
                metrics: result.progress.test,
                worstCount: 16
            )
        )
        try checkpoints.get()
        if !result.trust.unverified.isEmpty { throw ExitCode(Self.inDoubt) }
    }

    /// Tells how far a run came that is not complete.
    private func tell(
        of result: RunResult?,
        _ report: RunReport,
        in folder: RunFolder
    ) throws(Divergence) {
        if let step = result?.progress.divergedStep {
            report.didDiverge()
            throw Divergence(step: step, runFolder: folder.path)
        }
        report.didStop(after: result?.position)
    }

    /// The exit code of a run whose model is complete and rests on the word of a worker that gave
    /// wrong answers.
    private static let inDoubt: Int32 = 3

    /// How many workers the run waits for at its start.
    private func workerCount(of configuration: RunConfiguration) -> Int {
        switch workers {
        case .local: configuration.workers ?? ProcessorCount.ofProcess
        case .remote, .launched: configuration.workers ?? 1
        }
    }

    /// Makes sure that this host has what the run needs.
    private func makeRoom(_ workerCount: Int) throws {
        switch workers {
        case .local:
            try OpenFileLimit.makeRoom(for: .localRun(workerCount: workerCount))
            try SystemRoom.check(workerCount: workerCount)
        case .remote:
            try OpenFileLimit.makeRoom(for: .remoteRun(workerCount: workerCount, hostCount: 0))
            try SystemRoom.check(workerCount: 0)
        case .launched(let plan):
            try OpenFileLimit.makeRoom(
                for: .remoteRun(workerCount: workerCount, hostCount: plan.hosts.count)
            )
            try SystemRoom.check(workerCount: 0)
        }
    }

    /// How many workers compute at a time: those of this host that have a processor.
    private func workerCountAtOnce(of workerCount: Int) -> Int {
        guard case .local(simulatedMilliseconds: nil) = workers else { return .max }
        let processorCount = ProcessorCount.ofProcess
        if workerCount > processorCount {
            logger.notice(
                "\(workerCount) workers on \(processorCount) processor\(processorCount == 1 ? "" : "s"): \(processorCount) \(processorCount == 1 ? "computes" : "compute") at a time, \(workerCount - processorCount == 1 ? "the other stands" : "the others stand") by"
            )
        }
        return processorCount
    }

    /// Starts what follows the run, which leaves its configuration in its folder.
    private func report(
        of run: Run,
        in folder: RunFolder,
        _ configuration: RunConfiguration,
        _ display: RunDisplay
    ) throws -> RunReport {
        var kept = configuration
        kept.dataset = kept.dataset.map(RunFolder.absolute)
        try folder.write(configuration: RunConfiguration.yamlText(of: kept))
        return try RunReport(
            folder: folder,
            configuration: configuration,
            run: run,
            display: display,
            supervision: supervision,
            logger: logger
        )
    }

    private func display(of run: Run) -> RunDisplay {
        let schedule = run.start.settings.schedule
        return RunDisplay(
            epochCount: schedule.epochCount,
            stepsPerEpoch: schedule.stepsPerEpoch,
            isQuiet: options.logging.quiet,
            status: SharedRunStatus(
                every: options.output.statusEvery,
                epochCount: schedule.epochCount,
                stepsPerEpoch: schedule.stepsPerEpoch,
                workersNeeded: run.start.settings.workerCountMin
            ),
            logger: logger
        )
    }

    private func heading(of run: Run, in folder: RunFolder, _ kernels: KernelSet) -> RunHeading {
        RunHeading(
            folder: folder.path,
            workerCount: run.start.settings.workerCountMin,
            startsWorkers: isStartingWorkers,
            parameterCount: run.network.parameterCount,
            kernels: kernels.name,
            resumedStep: options.resumes ? run.start.position.completedStepCount : nil
        )
    }

    private var isStartingWorkers: Bool {
        if case .local = workers { true } else { false }
    }

    private func bind(_ admission: Admission?, _ network: LeNet) throws -> BoundTransport {
        try BoundTransport(
            binding: endpoint,
            admission: admission,
            offersLinks: !options.noSharedMemory,
            payloadPort: payloadPort,
            network: network
        )
    }

    /// The file that the trace will be written to, if one is asked for.
    private func trace() throws(ReportError) -> TraceFile? {
        guard let path = options.trace else { return nil }
        return try TraceFile(path: NSString(string: path).expandingTildeInPath)
    }

    /// Writes the trace, for which no model is given up.
    private func leave(_ trace: TraceFile?, of result: RunResult) {
        do {
            try trace?.write(result)
        } catch {
            logger.warning("\(error)")
        }
    }

    /// Whom to let in; nil for everybody.
    private func admission() throws -> Admission? {
        try keys.map { try Admission($0.coordinator, workers: $0.workers) }
            ?? security?.admission(at: endpoint)
    }

    /// The parameters that the run starts from; nil where the seed gives them.
    private func initialParameters() throws -> [Float]? {
        // A layer that does not exist is told of before a file is read.
        _ = try options.resetLayers()
        guard let path = options.initialModel else { return nil }
        return try ModelArgument.readFinite(path: path).parameters
    }

    /// What the end of the terminal means: nothing for a coordinator, which is no program of a
    /// terminal's and reads its list again.
    private func hangUp(_ admission: Admission?) -> SignalWatch.HangUp {
        guard case .remote = workers else { return .ends }
        guard let admission, let security else { return .passes }
        return .does { [logger] in security.readAgain(for: admission, logger: logger) }
    }

    private func prepare(
        _ builder: RunBuilder,
        initial: [Float]?,
        workerCountMin: Int
    ) throws -> Run {
        guard options.resumes else {
            return try builder.fresh(
                from: initial,
                reset: try options.resetLayers(),
                workerCountMin: workerCountMin
            )
        }
        guard let (run, warnings) = try builder.resumed(workerCountMin: workerCountMin) else {
            throw RunFolder.Failure.holdsNoCheckpoint(path: options.folder.path)
        }
        for warning in warnings.prefix(3) { logger.warning("passed over \(warning)") }
        if warnings.count > 3 {
            logger.warning("passed over \(warnings.count) checkpoints, these three among them")
        }
        return run
    }

    private func serve(
        _ service: CoordinatorService,
        workerCount: Int,
        beside servers: [ServiceGroup.Member],
        report: RunReport,
        hangUp: SignalWatch.HangUp
    ) async throws -> SignalWatch {
        // The group ends its services from the last to the first: the coordinator, then the workers
        // it has told to leave.
        let status = RunStatusService(status: report.status, logger: logger)
        var services = servers + [.init(status, endsGroup: false)]
        let endpoint = service.endpoint
        if let started = try startedWorkers(workerCount, endpoint: endpoint, report.beginning) {
            services.append(.init(started, endsGroup: false))
        }
        services.append(.init(service, endsGroup: true))
        return try await ServiceRun(logger: logger, supervision: supervision).run(
            services,
            hangUp: hangUp
        )
    }

    /// The workers that this run starts; nil where somebody else does.
    private func startedWorkers(
        _ workerCount: Int,
        endpoint: String,
        _ beginning: RunBeginning
    ) throws -> (any Service)? {
        switch workers {
        case .local(let simulatedMilliseconds):
            LocalWorkers(
                executablePath: try Executable.path(),
                workerCount: workerCount,
                endpoint: endpoint,
                options: options.logging.forWorkers
                    + (simulatedMilliseconds.map { ["--simulate-compute", "\($0)"] } ?? []),
                hasBegun: { beginning.isNoted },
                logger: logger
            )
        case .remote:
            nil
        case .launched(let plan):
            RemoteWorkers(
                plan,
                endpoint: endpoint,
                logger: logger,
                printLine: StandardErrorLog.printLine
            )
        }
    }
}
