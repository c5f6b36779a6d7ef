import Foundation
package import Logging
import Services
import Subprocess
import SystemPackage

/// The worker processes of one machine, as a service: started together, ended with the run.
///
/// Each holds the reading end of a pipe as its standard input. Whatever becomes of this process,
/// the pipe closes with it, and the workers see that and leave: none is ever left behind. One that
/// dies is started again, later and later while it dies at once.
package struct LocalWorkers: Service {
    /// Why local workers cannot go on.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// No worker process is left that could be started again; the last one ended in this way.
        case allEnded(workerCount: Int, last: String)
        /// The coordinator has found a wrong answer of every worker.
        case allDismissed(workerCount: Int)
        /// None has found its coordinator in the time that it looks for it.
        case noneFound
        /// One was given up before all had joined, which ended in this way.
        case missing(workerCount: Int, last: String)
        /// The system does not give another process, or the pipes to it.
        case cannotStart(workerCount: Int, reason: String)

        package var description: String {
            switch self {
            case .allEnded(let workerCount, let last):
                "training with local workers: \(Self.each(of: workerCount)) ended again and again where the end of the "
                    + "run was expected, \(workerCount == 1 ? "" : "the last one ")with \(last); see the messages "
                    + "above, then go on with --resume"
            case .allDismissed(let workerCount):
                "training with local workers: \(Self.each(of: workerCount)) computed wrong gradients where its coordinator's "
                    + "own bits were expected; check this machine's memory and processor, then go on with --resume"
            case .noneFound:
                "training with local workers: none found its coordinator where it was expected; see the messages above, "
                    + "then go on with --resume"
            case .missing(let workerCount, let last):
                "starting \(workerCount) local workers: one ended again and again, with \(last), where all were expected "
                    + "to join; see its messages above, or choose fewer --workers"
            case .cannotStart(let workerCount, let reason):
                "starting \(workerCount) local worker\(workerCount == 1 ? "" : "s"): the system refused one "
                    + "(\(reason)) where all were expected to start; choose fewer, or raise the limits on open files "
                    + "and processes (ulimit -n, ulimit -u)"
            }
        }

        private static func each(of workerCount: Int) -> String {
            workerCount == 1 ? "the only one" : "each of \(workerCount)"
        }
    }

    /// The exit status of a worker that gave a wrong answer: another process would not help.
    package static let dismissedStatus: Int32 = 3

    /// The exit status of a worker that another process holds and that has looked for its
    /// coordinator in vain for as long as it may: another process would look as long again.
    package static let unfoundStatus: Int32 = 4

    private let executablePath: String
    private let workerCount: Int
    private let endpoint: String
    private let options: [String]
    private let keyText: String?
    private let outlivesWorkers: Bool
    private let hasBegun: @Sendable () -> Bool
    private let logger: Logger

    /// Will start workers.
    ///
    /// - Parameters:
    ///   - executablePath: the `lockstep` program.
    ///   - workerCount: how many processes.
    ///   - endpoint: the coordinator's address.
    ///   - options: more options of `lockstep worker`.
    ///   - keyText: the text of their key, which they get over standard input; nil for connections
    ///     in the open.
    ///   - outlivesWorkers: end only when the group asks for it. A service that ends on its own
    ///     while the coordinator is shutting down would count as a failure.
    ///   - hasBegun: whether the run needs no more of them: before, it waits for all.
    ///   - logger: where an unexpected end is reported; its level is the workers' too.
    package init(
        executablePath: String,
        workerCount: Int,
        endpoint: String,
        options: [String] = [],
        keyText: String? = nil,
        outlivesWorkers: Bool = true,
        hasBegun: @escaping @Sendable () -> Bool = { true },
        logger: Logger
    ) {
        self.executablePath = executablePath
        self.workerCount = workerCount
        self.endpoint = endpoint
        self.options = options
        self.keyText = keyText
        self.outlivesWorkers = outlivesWorkers
        self.hasBegun = hasBegun
        self.logger = logger
    }

    /// Runs the workers until the run is complete or the group shuts down.
    ///
    /// - Throws: ``Failure`` when none is left though they were not told to finish, or one cannot
    ///   start.
    package func run() async throws {
        let loop = RestartLoop("a worker process", restarts: .local, logger: logger)
        let givenUp = try await RestartLoop.all(Array(0..<workerCount)) { _ in
            let end = try await loop.run { Self.end(of: try await runWorker()) }
            if let end, workerCount > 1, !hasBegun(), !Task.isShuttingDownGracefully {
                throw Failure.missing(workerCount: workerCount, last: end)
            }
            return end
        }
        if let givenUp, !Task.isShuttingDownGracefully {
            if givenUp.allSatisfy({ $0 == Self.dismissed }) {
                throw Failure.allDismissed(workerCount: workerCount)
            }
            if givenUp.allSatisfy({ $0 == Self.unfound }) { throw Failure.noneFound }
            throw Failure.allEnded(workerCount: workerCount, last: givenUp.last ?? "")
        }
        if outlivesWorkers { try? await gracefulShutdown() }
    }

    private static let dismissed = TerminationStatus.exited(dismissedStatus).words

    private static let unfound = TerminationStatus.exited(unfoundStatus).words

    private static func end(of status: TerminationStatus) -> RestartLoop.End {
        switch status {
        case .exited(0): .finished
        case .exited(dismissedStatus): .forGood(dismissed)
        case .exited(unfoundStatus): .forGood(unfound)
        default: .tooSoon(status.words)
        }
    }

    private func runWorker() async throws -> TerminationStatus {
        do {
            return try await runWorkerToItsEnd()
        } catch let error as SubprocessError {
            throw Failure.cannotStart(workerCount: workerCount, reason: error.reason)
        }
    }

    private func runWorkerToItsEnd() async throws -> TerminationStatus {
        let result = try await Subprocess.run(
            .path(FilePath(executablePath)),
            arguments: Arguments(
                [
                    "worker", "--connect", endpoint, "--exit-on-stdin-eof",
                    "--log-level", logger.logLevel.rawValue,
                ]
                    // Keys in the environment are for other coordinators.
                    + (keyText == nil ? ["--insecure"] : ["--key", "-"]) + options
            ),
            // The address is this process's own.
            environment: .inherit.updating(["LOCKSTEP_HEALTH": nil]),
            input: .inputWriter,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            await LocalProcesses.held(execution.processIdentifier.value) {
                await attend(execution)
            }
        }
        return result.terminationStatus
    }

    /// What can happen while a worker runs.
    private enum WorkerEvent {
        case outputEnded
        case asked
        case late
    }

    /// How long a worker may take to leave: one that is frozen never does. The coordinator has
    /// waited for two seconds before.
    private static let leaveMax = Duration.seconds(1)

    /// Hands a worker its key, waits for its end, and has it leave when the run ends.
    private func attend(
        _ execution: Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>
    ) async {
        await withTaskGroup(of: WorkerEvent.self) { group in
            group.addTask {
                // A worker that takes none has ended, which its output tells.
                if let keyText {
                    _ = try? await execution.standardInputWriter.write(keyText + "\n")
                }
                try? await gracefulShutdown()
                return .asked
            }
            group.addTask {
                do { for try await _ in execution.standardOutput {} } catch {
                    // An output that cannot be read any more has ended.
                }
                return .outputEnded
            }
            for await event in group {
                switch event {
                case .outputEnded:
                    group.cancelAll()
                    return
                case .asked:
                    try? await execution.standardInputWriter.finish()
                    group.addTask {
                        try? await Task.sleep(for: Self.leaveMax)
                        return .late
                    }
                case .late:
                    try? execution.send(signal: .kill)
                }
            }
        }
    }
}
