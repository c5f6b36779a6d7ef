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

        package var description: String {
            switch self {
            case .allEnded(let workerCount, let last):
                "training with local workers: all \(workerCount) have ended before the run was complete, "
                    + "the last one with \(last); see their messages above, then go on with --resume"
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
    /// - Throws: ``Failure/allEnded(workerCount:last:)`` when none is left though they were not
    ///   told to finish, and
    ///   what keeps a process from starting.
    package func run() async throws {
        try await withThrowingTaskGroup(of: TerminationStatus.self) { group in
            for index in 0..<workerCount {
                group.addTask { try await runWorker(index) }
            }
            var runningCount = workerCount
            while let status = try await group.next() {
                runningCount -= 1
                guard !status.isSuccess, !Task.isShuttingDownGracefully else { continue }
                logger.warning(
                    "a worker process ended with \(status); its shards go to the \(runningCount) others"
                )
                if runningCount == 0 {
                    throw Failure.allEnded(workerCount: workerCount, last: "\(status)")
                }
            }
        }
    }

    private func runWorker(_ index: Int) async throws -> TerminationStatus {
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
