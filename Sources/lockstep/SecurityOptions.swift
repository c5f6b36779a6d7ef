import ArgumentParser
import Foundation
import Keys
import Logging
import NetworkTransport
import Training
import ZeroMQ

/// How a coordinator protects its connections.
struct SecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder that `lockstep keys new` made (default: LOCKSTEP_KEYS).",
            valueName: "folder"
        ),
        completion: .directory
    )
    var keys: String?

    @Flag(help: "Listen off this machine without keys: anybody who reaches the port takes part.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "How many commands to print that each let in, within 15 minutes, one worker without a key; its new key is added to --keys.",
            valueName: "count"
        )
    )
    var invite = 0

    func validate() throws {
        guard (0...1_024).contains(invite) else {
            throw ValidationError(
                "--invite \(invite) was found where 0 to 1,024 workers were expected; choose one of these"
            )
        }
    }

    /// The folder of the keys; nil where none is named.
    private var folder: KeyFolder? {
        (keys ?? ProcessInfo.processInfo.environment["LOCKSTEP_KEYS"]).map { KeyFolder(path: $0) }
    }

    /// The coordinator's key and list, from the folder or from the texts of
    /// `LOCKSTEP_COORDINATOR_KEY` and `LOCKSTEP_AUTHORIZED_WORKERS`; nil where none is named.
    private func source() throws -> (CoordinatorKey, WorkerList)? {
        let environment = ProcessInfo.processInfo.environment
        if let folder {
            return (try folder.coordinator(), try folder.workers())
        }
        guard let text = EnvironmentSecret.coordinatorKey else { return nil }
        let list = environment["LOCKSTEP_AUTHORIZED_WORKERS"] ?? ""
        return (
            try CoordinatorKey(text: text, place: "LOCKSTEP_COORDINATOR_KEY"),
            try WorkerList(text: list, place: "LOCKSTEP_AUTHORIZED_WORKERS")
        )
    }

    /// Whom to let in at an address; nil for everybody.
    ///
    /// - Throws: when it can be reached from other machines and there are no keys.
    func admission(at endpoint: String) throws -> Admission? {
        if insecure, keys != nil {
            throw UsageError(
                "listening: both --keys and --insecure were found where one at most was expected; leave one out"
            )
        }
        if invite > 0, insecure || folder == nil {
            throw UsageError(
                "inviting workers: no --keys were found where the folder to keep their keys in was expected; "
                    + "make one with `lockstep keys new DIR` and add --keys DIR"
            )
        }
        if !insecure, let (coordinator, workers) = try source() {
            return try Admission(coordinator, workers: workers) { [folder] key in
                guard let folder else { throw Admission.NoPlaceForKeys() }
                return try folder.add(key)
            }
        }
        guard !isOfThisMachine(endpoint) else { return nil }
        guard insecure else {
            throw UsageError(
                "listening at \(endpoint): no keys were found where an address that other machines reach expects them; "
                    + "make them with `lockstep keys new DIR` and add --keys DIR, or add --insecure to let anybody in"
            )
        }
        return nil
    }

    /// Prints the commands that workers join with, once a coordinator listens at `endpoint`.
    ///
    /// - Throws: when standard output does not take them.
    func invite(to admission: Admission?, at endpoint: String) throws {
        guard let admission, invite > 0 else { return }
        var text = "each lets one worker in, once, within 15 minutes:\n"
        for _ in 0..<invite {
            let token = try admission.invite().token
            text +=
                "    lockstep worker --connect \(reachable(endpoint)) --join - <<< \(token)\n"
        }
        try StandardOutput.write(text)
    }

    /// An address as other machines call it.
    private func reachable(_ endpoint: String) -> String {
        for everywhere in ["tcp://0.0.0.0:", "tcp://[::]:"] where endpoint.hasPrefix(everywhere) {
            let host = ProcessInfo.processInfo.hostName
            return "tcp://\(host):\(endpoint.dropFirst(everywhere.count))"
        }
        return endpoint
    }

    /// Says what --insecure means, once a coordinator listens so.
    func warnIfOpen(at endpoint: String, logger: Logger) {
        guard insecure, !isOfThisMachine(endpoint) else { return }
        logger.warning(
            "--insecure: anybody who reaches \(endpoint) can read this run and take part in it"
        )
    }

    /// Reads the list again, as SIGHUP asks for.
    func readAgain(for admission: Admission, logger: Logger) {
        do {
            guard let workers = try admission.reload({ try source()?.1 }) else { return }
            logger.notice("read the list again: workers on it: \(workers.entries.count)")
        } catch {
            logger.error("reading the list again: \(error); the list before stays")
        }
    }
}

/// How a worker protects its connection.
struct WorkerSecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "This worker's file, made by `lockstep keys` or - for standard input up to an empty line (default: LOCKSTEP_KEY_FILE, else the text in LOCKSTEP_WORKER_KEY); with --join, where its key goes (default: worker.key).",
            valueName: "file"
        ),
        completion: .file()
    )
    var key: String?

    @Flag(help: "Connect to another machine without a key: whoever answers is believed.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "A file with a token that `lockstep coordinator --invite` has printed, or - for standard input: the worker draws a key, which the coordinator lists.",
            valueName: "file"
        ),
        completion: .file()
    )
    var join: String?

    /// Gets a key by invitation, where one is named, and keeps it in a file.
    ///
    /// - Throws: when the token is none, is not taken, or there is a key already.
    func joinedKey(
        at endpoint: String,
        patience: Int,
        logger: Logger
    ) async throws -> WorkerKey? {
        guard let join else { return nil }
        guard !insecure else {
            throw UsageError(
                "joining: both --join and --insecure were found where one at most was expected; leave one out"
            )
        }
        let invitation = try invitation(from: join)
        let path = key ?? ProcessInfo.processInfo.environment["LOCKSTEP_KEY_FILE"] ?? "worker.key"
        let own = WorkerKey(pair: try .drawn(), coordinator: invitation.coordinator)
        try own.write(to: path)
        do {
            try await Enrollment.list(
                own.pair.publicKey,
                invitation,
                at: endpoint,
                patience: patience,
                logger: logger
            )
        } catch {
            unlink(path)
            throw error
        }
        return own
    }

    private func invitation(from join: String) throws -> Invitation {
        guard !Invitation.isToken(join) else {
            throw UsageError(
                "joining: a token was found on the command line, where everybody on this machine can read it, "
                    + "and a file or - was expected; have another printed, and pass it by standard input"
            )
        }
        guard join == "-" else { return try Invitation(path: join) }
        let text = readLine() ?? ""
        return try Invitation(token: text.filter { !$0.isWhitespace }, place: "standard input")
    }

    private static func standardInputText() -> String {
        var text = ""
        while let line = readLine(), !line.isEmpty { text += line + "\n" }
        return text
    }

    /// What to connect with; nil for a connection in the open.
    ///
    /// - Throws: when the address is another machine's and there is no key.
    func key(for endpoint: String, logger: Logger) throws -> WorkerKey? {
        if insecure, key != nil {
            throw UsageError(
                "connecting: both --key and --insecure were found where one at most was expected; leave one out"
            )
        }
        let environment = ProcessInfo.processInfo.environment
        if !insecure {
            if key == "-" {
                return try WorkerKey(text: Self.standardInputText(), place: "standard input")
            }
            if let path = key ?? environment["LOCKSTEP_KEY_FILE"] {
                return try WorkerKey(path: path)
            }
            if let text = EnvironmentSecret.workerKey {
                return try WorkerKey(text: text, place: "LOCKSTEP_WORKER_KEY")
            }
        }
        guard !isOfThisMachine(endpoint) else { return nil }
        guard insecure else {
            throw UsageError(
                "connecting to \(endpoint): no key was found where another machine's address expects one; "
                    + "add --key with this worker's file from `lockstep keys`, or --insecure to believe anybody"
            )
        }
        logger.warning("--insecure: whoever answers at \(endpoint) is believed")
        return nil
    }
}
