import ArgumentParser
import Foundation
import Keys
import Logging
import Training
import UnixSignals

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

    /// The coordinator's key and list, from the folder or from the texts of
    /// `LOCKSTEP_COORDINATOR_KEY` and `LOCKSTEP_AUTHORIZED_WORKERS`; nil where none is named.
    private func source() throws -> (CoordinatorKey, WorkerList)? {
        let environment = ProcessInfo.processInfo.environment
        if let path = keys ?? environment["LOCKSTEP_KEYS"] {
            let folder = KeyFolder(path: path)
            return (try folder.coordinator(), try folder.workers())
        }
        guard let text = environment["LOCKSTEP_COORDINATOR_KEY"] else { return nil }
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
            throw MistakeInUse(
                "listening: both --keys and --insecure were found where one at most was expected; leave one out"
            )
        }
        if !insecure, let (coordinator, workers) = try source() {
            return try Admission(coordinator, workers: workers)
        }
        guard !isOfThisMachine(endpoint) else { return nil }
        guard insecure else {
            throw MistakeInUse(
                "listening at \(endpoint): no keys were found where an address that other machines reach expects them; "
                    + "make them with `lockstep keys new DIR` and add --keys DIR, or add --insecure to let anybody in"
            )
        }
        return nil
    }

    /// Says what --insecure means, once a coordinator listens so.
    func warnIfOpen(at endpoint: String, logger: Logger) {
        guard insecure, !isOfThisMachine(endpoint) else { return }
        logger.warning(
            "--insecure: anybody who reaches \(endpoint) can read this run and take part in it"
        )
    }

    /// Reads the list again at each SIGHUP, until cancelled.
    func watch(_ admission: Admission, logger: Logger) -> Task<Void, Never> {
        Task {
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                do {
                    guard let (_, workers) = try source() else { continue }
                    admission.replace(with: workers)
                    logger.notice("read the list again: workers on it: \(workers.entries.count)")
                } catch {
                    logger.error("reading the list again: \(error); the list before stays")
                }
            }
        }
    }
}

/// How a worker protects its connection.
struct WorkerSecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "This worker's file, made by `lockstep keys` (default: LOCKSTEP_KEY_FILE, else the text in LOCKSTEP_WORKER_KEY).",
            valueName: "file"
        ),
        completion: .file()
    )
    var key: String?

    @Flag(help: "Connect to another machine without a key: whoever answers is believed.")
    var insecure = false

    /// What to connect with; nil for a connection in the open.
    ///
    /// - Throws: when the address is another machine's and there is no key.
    func key(for endpoint: String, logger: Logger) throws -> WorkerKey? {
        if insecure, key != nil {
            throw MistakeInUse(
                "connecting: both --key and --insecure were found where one at most was expected; leave one out"
            )
        }
        let environment = ProcessInfo.processInfo.environment
        if !insecure {
            if let path = key ?? environment["LOCKSTEP_KEY_FILE"] {
                return try WorkerKey(path: path)
            }
            if let text = environment["LOCKSTEP_WORKER_KEY"] {
                return try WorkerKey(text: text, place: "LOCKSTEP_WORKER_KEY")
            }
        }
        guard !isOfThisMachine(endpoint) else { return nil }
        guard insecure else {
            throw MistakeInUse(
                "connecting to \(endpoint): no key was found where another machine's address expects one; "
                    + "add --key with this worker's file from `lockstep keys`, or --insecure to believe anybody"
            )
        }
        logger.warning("--insecure: whoever answers at \(endpoint) is believed")
        return nil
    }
}

/// Whether only processes of this machine reach an address; what is no address of ZeroMQ's is
/// left to it to refuse.
func isOfThisMachine(_ endpoint: String) -> Bool {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return true }
    let host = endpoint[..<colon].dropFirst("tcp://".count)
    if host.isEmpty { return true }
    if ["localhost", "[::1]", "::1"].contains(host) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
