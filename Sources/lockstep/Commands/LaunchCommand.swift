import ArgumentParser
import Foundation
import Hosting
import Keys
import Logging
import NetworkTransport
import Training

/// `lockstep launch`: a run here, with workers on other machines that it starts over ssh.
struct LaunchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch",
        abstract: "Train with workers on other machines, started over ssh.",
        discussion: """
            The coordinator runs here, and its workers on --hosts: lockstep launch --hosts alpha:4,beta. Your ssh \
            configuration and keys hold, and `ssh HOST true` must work without a question. Training starts once \
            --workers (here 1 by default, also for `auto`) have joined. Connections are \
            encrypted with keys of this start, which go to the workers through ssh. A lost host is tried again, later and later. Ctrl-C stops in good \
            order with a checkpoint and ends every worker, and so do SIGTERM and the end of the terminal; so does the end of this program, however it comes. Options of `lockstep worker` may follow after `--`.

            \(SettingOptions.sources)

            EXAMPLES:
              lockstep launch --hosts alpha:4,ada@beta:2,gamma -e 10
              lockstep launch --hostfile hosts --copy -o R --resume
            """
    )

    /// Who computes, and how it is reached.
    struct HostOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Where workers run, such as alpha:4,ada@beta:2; without a number, one a processor.",
                valueName: "hosts"
            )
        )
        var hosts: String?

        @Option(
            help: ArgumentHelp(
                "A file with more hosts, one a line, as above or as MPI has them: alpha slots=4.",
                valueName: "file"
            ),
            completion: .file()
        )
        var hostfile: String?

        @Flag(
            help:
                "Send the program and its libraries to each host first, into a temporary folder that goes with it."
        )
        var copy = false

        @Option(
            help: ArgumentHelp("The program on the hosts (default: lockstep).", valueName: "path")
        )
        var program: String?

        @Option(help: ArgumentHelp("How ssh is called, with its options.", valueName: "command"))
        var ssh = "ssh"
    }

    /// How workers find this machine.
    struct ConnectionOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Where to listen for them (default: LOCKSTEP_BIND, else tcp://*:*, a free port of every interface).",
                valueName: "address"
            )
        )
        var bind: String?

        @Option(
            help: ArgumentHelp(
                "The name of this machine for them (default: the one --bind names, else the address ssh comes from).",
                valueName: "host"
            )
        )
        var address: String?

        @Flag(
            help:
                "Neither encrypt nor authenticate: faster, for networks where everybody may take part in the run."
        )
        var insecure = false
    }

    @OptionGroup(title: "Hosts") var remote: HostOptions

    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    @OptionGroup(title: "Connection") var payloads: PayloadPortOption

    @OptionGroup var settings: SettingOptions

    @OptionGroup var options: RunOptions

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("Options of `lockstep worker`, after `--`.", valueName: "worker-options")
    )
    var workerOptions: [String] = []

    func validate() throws {
        if remote.copy, remote.program != nil {
            throw ValidationError(
                "launching: both --copy and --program were found where one at most was expected; leave one out"
            )
        }
        if !listensAt.hasPrefix("tcp://") {
            throw ValidationError(
                "launching: \(listensAt) was found where an address that other machines reach was expected; use tcp://HOST:PORT"
            )
        }
        if let address = connection.address,
            !address.unicodeScalars.allSatisfy(Self.isOfAddress) || address.isEmpty
        {
            throw ValidationError(
                "launching: --address '\(address)' was found where a host's name or address was expected; "
                    + "write it alone, without tcp:// and port"
            )
        }
        if remote.ssh.allSatisfy(\.isWhitespace) {
            throw ValidationError(
                "launching: an empty --ssh was found where a command was expected; leave it out for ssh"
            )
        }
        do {
            _ = try WorkerCommand.parse(["--connect", "tcp://h:1"] + workerOptions)
        } catch {
            let complaint = ParserComplaint(error, of: WorkerCommand.self)
            throw ValidationError("after `--`: \(complaint.text)")
        }
    }

    private var listensAt: String {
        connection.bind ?? ProcessInfo.processInfo.environment["LOCKSTEP_BIND"] ?? "tcp://*:*"
    }

    private static func isOfAddress(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic
                || "0123456789-._:[]%".unicodeScalars.contains(scalar))
    }

    func run() async throws {
        let hosts = try HostList.read(remote.hosts, file: remote.hostfile)
        // A host that goes while something is sent to it must not take this process with it.
        Signals.outliveReaders()
        let logger = options.logging.logger("launch", otherwise: .notice)
        let keys = connection.insecure ? nil : try DrawnKeys()
        let files = remote.copy ? try await ProgramFile.ofThisProgram(at: Executable.path()) : []
        let plan = RemoteWorkers.Plan(
            hosts: hosts,
            ssh: remote.ssh.split(whereSeparator: \.isWhitespace).map(String.init),
            program: remote.copy ? nil : remote.program ?? "lockstep",
            files: files,
            coordinatorHost: connection.address,
            options: ["--log-level", logger.logLevel.rawValue]
                + (keys == nil ? ["--insecure"] : ["--key", "-"]) + workerOptions,
            standardInput: keys.map { $0.workerKey.text + "\n" } ?? ""
        )
        try await RunSession(
            settings: settings,
            options: options,
            endpoint: listensAt,
            payloadPort: try payloads.port,
            keys: keys,
            workers: .launched(plan),
            logger: logger
        ).run()
    }
}
