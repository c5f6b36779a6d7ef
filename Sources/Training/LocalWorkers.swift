package import Logging
import ServiceLifecycle
import Subprocess
import SystemPackage

/// The worker processes of one machine, as a service: started together, ended with the run.
///
/// Each holds the reading end of a pipe as its standard input. Whatever becomes of this process,
/// the
/// pipe closes with it, and the workers see that and leave: none is ever left behind.
package struct LocalWorkers: Service {
    /// Why local workers cannot go on.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// Every worker process has ended, the last one in this way.
        case allEnded(workerCount: Int, last: String)
        /// The system does not give another process, or the pipes to it.
        case cannotStart(workerCount: Int, reason: String)

        package var description: String {
            switch self {
            case .allEnded(let workerCount, let last):
                "training with local workers: all \(workerCount) have ended before the run was complete, "
                    + "the last one with \(last); see their messages above, then go on with --resume"
            case .cannotStart(let workerCount, let reason):
                "starting \(workerCount) local workers: the system refused one (\(reason)) where all were "
                    + "expected to start; choose fewer --workers, or raise the limits on open files and processes"
            }
        }
    }

    private let executablePath: String
    private let workerCount: Int
    private let endpoint: String
    private let logger: Logger

    /// Will start workers.
    ///
    /// - Parameters:
    ///   - executablePath: the `lockstep` program.
    ///   - workerCount: how many processes.
    ///   - endpoint: the coordinator's address.
    ///   - logger: where an unexpected end is reported; its level is the workers' too.
    package init(executablePath: String, workerCount: Int, endpoint: String, logger: Logger) {
        self.executablePath = executablePath
        self.workerCount = workerCount
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Runs the workers until the run is complete or the group shuts down.
    ///
    /// It ends only when the group asks it to: a service that ends on its own while the coordinator
    /// is shutting down would count as a failure.
    ///
    /// - Throws: ``Failure`` when none is left though they were not told to finish, or one cannot
    ///   start.
    package func run() async throws {
        try await withThrowingTaskGroup(of: TerminationStatus.self) { group in
            for _ in 0..<workerCount {
                group.addTask { try await runWorker() }
            }
            var runningCount = workerCount
            while let status = try await group.next() {
                runningCount -= 1
                guard !status.isSuccess, !Task.isShuttingDownGracefully else { continue }
                logger.warning(
                    "a worker process ended with \(status); workers left here: \(runningCount)"
                )
                if runningCount == 0 {
                    throw Failure.allEnded(workerCount: workerCount, last: "\(status)")
                }
            }
        }
        try? await gracefulShutdown()
    }

    private func runWorker() async throws -> TerminationStatus {
        do {
            return try await runWorkerToItsEnd()
        } catch let error as SubprocessError {
            throw Failure.cannotStart(workerCount: workerCount, reason: "\(error)")
        }
    }

    private func runWorkerToItsEnd() async throws -> TerminationStatus {
        let result = try await Subprocess.run(
            .path(FilePath(executablePath)),
            arguments: [
                "worker", "--connect", endpoint, "--exit-on-stdin-eof",
                "--log-level", logger.logLevel.rawValue,
            ],
            input: .inputWriter,
            output: .sequence,
            error: .currentStandardError
        ) { execution in
            await withTaskGroup(of: Void.self) { group in
                // Either ends the wait: the run's end, or the worker's own, which closes its
                // output.
                group.addTask { try? await gracefulShutdown() }
                group.addTask {
                    do { for try await _ in execution.standardOutput {} } catch {
                        // An output that cannot be read any more has ended.
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }
        return result.terminationStatus
    }
}
