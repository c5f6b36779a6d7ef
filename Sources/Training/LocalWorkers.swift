import Foundation
package import Logging
import ServiceLifecycle
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
        /// The system does not give another process, or the pipes to it.
        case cannotStart(workerCount: Int, reason: String)

        package var description: String {
            switch self {
            case .allEnded(let workerCount, let last):
                "training with local workers: each of \(workerCount) has ended again and again before the run was "
                    + "complete, the last one with \(last); see their messages above, then go on with --resume"
            case .cannotStart(let workerCount, let reason):
                "starting \(workerCount) local workers: the system refused one (\(reason)) where all were "
                    + "expected to start; choose fewer --workers, or raise the limits on open files and processes"
            }
        }
    }

    /// The exit status of a worker that gave a wrong answer: another process would not help.
    package static let dismissedStatus: Int32 = 3

    private let executablePath: String
    private let workerCount: Int
    private let endpoint: String
    private let simulatedMilliseconds: Double?
    private let logger: Logger

    /// Will start workers.
    ///
    /// - Parameters:
    ///   - executablePath: the `lockstep` program.
    ///   - workerCount: how many processes.
    ///   - endpoint: the coordinator's address.
    ///   - simulatedMilliseconds: how long workers sleep a shard instead of computing; nil for real
    ///     work.
    ///   - logger: where an unexpected end is reported; its level is the workers' too.
    package init(
        executablePath: String,
        workerCount: Int,
        endpoint: String,
        simulatedMilliseconds: Double? = nil,
        logger: Logger
    ) {
        self.simulatedMilliseconds = simulatedMilliseconds
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
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<workerCount {
                group.addTask { try await keepWorker() }
            }
            var isAnyFinished = false
            var last: String?
            while let end = try await group.next() {
                if end == nil { isAnyFinished = true }
                last = end ?? last
            }
            if let last, !isAnyFinished, !Task.isShuttingDownGracefully {
                throw Failure.allEnded(workerCount: workerCount, last: last)
            }
        }
        try? await gracefulShutdown()
    }

    /// Starts a worker again and again until it ends as it should.
    ///
    /// - Returns: nil then, or how the last process ended when it was given up.
    private func keepWorker() async throws -> String? {
        var restarts = Restarts()
        while true {
            let start = ContinuousClock.now
            let status = try await runWorker()
            if status.isSuccess || Task.isShuttingDownGracefully { return nil }
            if status == .exited(Self.dismissedStatus) { return "\(status)" }
            guard let pause = restarts.pause(afterLiving: ContinuousClock.now - start) else {
                logger.error(
                    "a worker process ended with \(status), \(Restarts.quickEndCountMax) times at once; giving it up"
                )
                return "\(status)"
            }
            logger.warning("a worker process ended with \(status); starting another")
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            if Task.isShuttingDownGracefully { return nil }
        }
    }

    private func runWorker() async throws -> TerminationStatus {
        do {
            return try await runWorkerToItsEnd()
        } catch let error as SubprocessError {
            throw Failure.cannotStart(workerCount: workerCount, reason: "\(error)")
        }
    }

    private func runWorkerToItsEnd() async throws -> TerminationStatus {
        var arguments = [
            "worker", "--connect", endpoint, "--exit-on-stdin-eof",
            // Keys in the environment are for other coordinators.
            "--insecure",
            "--log-level", logger.logLevel.rawValue,
        ]
        if let simulatedMilliseconds {
            arguments += ["--simulate-compute", "\(simulatedMilliseconds)"]
        }
        let result = try await Subprocess.run(
            .path(FilePath(executablePath)),
            arguments: Arguments(arguments),
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

/// How long to wait before a process is started again, and when to give it up.
struct Restarts: Equatable {
    /// So many ends at once in a row are enough.
    static let quickEndCountMax = 5

    /// A process that lived so long did not end at once.
    private static let quickMax = Duration.seconds(5)

    private static let firstPause = Duration.milliseconds(100)

    private var quickEndCount = 0

    /// The pause before the next start; nil to give the process up.
    mutating func pause(afterLiving duration: Duration) -> Duration? {
        quickEndCount = duration < Self.quickMax ? quickEndCount + 1 : 1
        guard quickEndCount < Self.quickEndCountMax else { return nil }
        return Self.firstPause * (1 << (quickEndCount - 1))
    }
}
