import Foundation
package import Logging
import Services
import Subprocess
import SystemPackage

/// The workers on other machines, as a service: started over ssh, ended with the run.
///
/// On each host one `lockstep worker --processes` holds the host's workers. It sees its standard
/// input end when this process or its ssh is gone, however that came, and leaves with all of them.
package struct RemoteWorkers: Service {
    /// What to start, and how.
    package struct Plan: Sendable {
        /// The machines.
        package var hosts: [RemoteHost]
        /// ssh and its options.
        package var ssh: [String]
        /// The program on the hosts; nil for the files.
        package var program: String?
        /// What is sent to each host first; empty where the program is there.
        package var files: [ProgramFile]
        /// The coordinator's host as the workers call it; nil for the address that ssh comes from.
        package var coordinatorHost: String?
        /// More options of `lockstep worker`.
        package var options: [String]
        /// What the worker command reads from standard input, such as a key that no list of
        /// processes may show.
        package var standardInput: String

        /// Gathers the parts.
        package init(
            hosts: [RemoteHost],
            ssh: [String],
            program: String?,
            files: [ProgramFile],
            coordinatorHost: String?,
            options: [String],
            standardInput: String
        ) {
            self.hosts = hosts
            self.ssh = ssh
            self.program = program
            self.files = files
            self.coordinatorHost = coordinatorHost
            self.options = options
            self.standardInput = standardInput
        }
    }

    /// Why a run cannot go on with its hosts.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// Each was given up; how, in that order.
        case allEnded([String])
        /// There is no ssh.
        case noSSH(name: String, reason: String)

        package var description: String {
            switch self {
            case .allEnded(let ends):
                "training on \(ends.count == 1 ? "one host" : "\(ends.count) hosts"): none could be kept where one at "
                    + "least was expected (\(ends.joined(separator: "; "))); mend that, or bring the program along with --copy, "
                    + "then go on with --resume"
            case .noSSH(let name, let reason):
                "starting workers: \(name) failed with \"\(reason)\" where ssh was expected; "
                    + "install openssh-client, or name another with --ssh"
            }
        }
    }

    /// How long a host's workers may take to leave.
    private static let leaveMax = Duration.milliseconds(1_500)

    private let plan: Plan
    private let endpoint: String
    private let logger: Logger
    private let printLine: @Sendable (String) -> Void

    /// Will start workers.
    ///
    /// - Parameters:
    ///   - endpoint: the address that the coordinator is bound to.
    ///   - logger: where starts and ends are told.
    ///   - printLine: takes each line that a host prints, behind the host's name.
    package init(
        _ plan: Plan,
        endpoint: String,
        logger: Logger,
        printLine: @escaping @Sendable (String) -> Void
    ) {
        self.plan = plan
        self.endpoint = endpoint
        self.logger = logger
        self.printLine = printLine
    }

    /// Runs the workers until the run is complete or the group shuts down.
    ///
    /// - Throws: ``Failure`` when no host is left, though they were not told to finish.
    package func run() async throws {
        let givenUp = try await RestartLoop.all(plan.hosts) { host in
            let name = host.destination
            let loop = RestartLoop("\(name)'s worker command", restarts: .remote, logger: logger)
            return try await loop.run { try await runHost(host) }.map { "\(name): \($0)" }
        }
        if let givenUp, !Task.isShuttingDownGracefully { throw Failure.allEnded(givenUp) }
        // A service that ends on its own while the coordinator shuts down would count as a failure.
        try? await gracefulShutdown()
    }

    private func commandLine(for host: RemoteHost) -> RemoteCommandLine {
        let bound = BoundAddress(endpoint)
        return RemoteCommandLine(
            ssh: plan.ssh,
            host: host,
            program: plan.program,
            files: plan.files,
            coordinatorHost: plan.coordinatorHost ?? bound.host,
            port: bound.port,
            options: plan.options
        )
    }

    /// Starts a host's workers and waits for their end.
    private func runHost(_ host: RemoteHost) async throws -> RestartLoop.End {
        let ssh = plan.ssh[0]
        var options = PlatformOptions()
        // A terminal's Ctrl-C is for this process alone, which then has the workers leave.
        options.processGroupID = 0
        logger.notice("starting \(host.countText) on \(host.destination)")
        do {
            let result = try await Subprocess.run(
                ssh.contains("/") ? .path(FilePath(ssh)) : .name(ssh),
                arguments: Arguments(commandLine(for: host).arguments),
                platformOptions: options,
                input: .inputWriter,
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                await LocalProcesses.held(execution.processIdentifier.value) {
                    await attend(execution, of: host)
                }
            }
            return Self.end(of: result.terminationStatus, lastLine: result.closureResult)
        } catch let error as SubprocessError {
            throw Failure.noSSH(name: ssh, reason: error.reason)
        }
    }

    /// What an exit code of ssh means: the program's own there, the shell's, or ssh's.
    static func end(of status: TerminationStatus, lastLine: String) -> RestartLoop.End {
        guard case .exited(let code) = status else { return .tooSoon("ssh's \(status.words)") }
        let said = lastLine.isEmpty ? "" : ": \(lastLine)"
        switch code {
        case 0: return .finished
        case 2: return .forGood("a mistake in its use (exit code 2)\(said)")
        case LocalWorkers.dismissedStatus: return .forGood("wrong answers (exit code 3)")
        case 126, 127: return .forGood("no program that runs there (exit code \(code))\(said)")
        case 255: return .tooSoon("ssh's exit code 255\(said)")
        default: return .tooSoon("exit code \(code)\(said)")
        }
    }

    /// What can happen while a host's workers run.
    private enum WorkerEvent {
        case sent
        case outputEnded(lastLine: String)
        case asked
        case late
    }

    /// Sends what is to be sent, prints what comes, and ends it all when asked to.
    ///
    /// - Returns: the last line that came.
    private func attend(
        _ execution: Execution<CustomWriteInput, SequenceOutput, CombinedErrorOutput>,
        of host: RemoteHost
    ) async -> String {
        await withTaskGroup(of: WorkerEvent.self) { group in
            group.addTask {
                await Self.send(plan.files, to: execution.standardInputWriter)
                _ = try? await execution.standardInputWriter.write(plan.standardInput)
                return .sent
            }
            group.addTask {
                .outputEnded(lastLine: await printLines(of: execution.standardOutput, host))
            }
            group.addTask {
                try? await gracefulShutdown()
                return .asked
            }
            for await event in group {
                switch event {
                case .sent:
                    continue
                case .outputEnded(let lastLine):
                    group.cancelAll()
                    return lastLine
                case .asked where Task.isCancelled:
                    // Another service has failed.
                    try? execution.send(signal: .terminate, toProcessGroup: true)
                case .asked:
                    // What leaves within a while leaves in good order.
                    try? await execution.standardInputWriter.finish()
                    group.addTask {
                        try? await Task.sleep(for: Self.leaveMax)
                        return .late
                    }
                case .late:
                    logger.warning(
                        "\(host.destination) did not answer when its workers were to leave"
                    )
                    try? execution.send(signal: .kill, toProcessGroup: true)
                }
            }
            return ""
        }
    }

    /// Sends the files, one behind the other; the script there knows how long each is.
    ///
    /// A host that takes no more has ended, which its output tells.
    private static func send(_ files: [ProgramFile], to writer: StandardInputWriter) async {
        for file in files {
            guard let handle = FileHandle(forReadingAtPath: file.path) else { return }
            var remaining = file.size
            while remaining > 0 {
                guard let data = try? handle.read(upToCount: min(remaining, 1 << 16)),
                    !data.isEmpty, (try? await writer.write([UInt8](data))) != nil
                else { return }
                remaining -= data.count
            }
        }
    }

    private func printLines(
        of output: SubprocessOutputSequence,
        _ host: RemoteHost
    ) async -> String {
        var lastLine = ""
        do {
            for try await line in output.strings() where !line.isEmpty {
                printLine("\(host.destination): \(line)")
                lastLine = line
            }
        } catch {
            // An output that cannot be read any more has ended.
        }
        return lastLine
    }
}
