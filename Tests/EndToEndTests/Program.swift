import Foundation
import TestTools
import Testing

/// The built `lockstep`, run as a user would run it.
final class Program {
    /// How a run of the program ended.
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The digest that `train` printed.
        var digest: String? {
            output.split(separator: "\n").first { $0.hasPrefix("digest") }?
                .split(separator: " ").last.map(String.init)
        }
    }

    private let process = Process()
    private let outputFile: URL
    private let errorFile: URL

    /// Starts the program; its standard input is empty, and it leads a process group of its own.
    ///
    /// - Parameters:
    ///   - arguments: what stands behind `lockstep`.
    ///   - folder: where its output goes, and where it runs.
    ///   - environment: variables beside those of this process.
    ///   - output: what takes its output instead of a file, such as `/dev/full`.
    ///   - errors: what takes its complaints instead of a file.
    ///   - wrapper: a command and its arguments that run the program in their place.
    ///   - processor: the CPU to run on, as Debian's qemu-user calls it; nil for this machine's.
    init(
        _ arguments: [String],
        in folder: URL,
        environment: [String: String] = [:],
        output: String? = nil,
        errors: String? = nil,
        through wrapper: [String] = [],
        emulating processor: String? = nil
    ) throws {
        let name = UUID().uuidString
        outputFile = folder.appending(path: "\(name).out")
        errorFile = folder.appending(path: "\(name).err")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        process.executableURL = Self.executable
        process.arguments = arguments
        if !wrapper.isEmpty {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = wrapper + [Self.executable.path] + arguments
        }
        if let processor {
            process.executableURL = URL(filePath: "/usr/bin/qemu-x86_64")
            process.arguments = ["-cpu", processor, Self.executable.path] + arguments
        }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(
            forWritingTo: output.map { URL(filePath: $0) } ?? outputFile
        )
        process.standardError = try FileHandle(
            forWritingTo: errors.map { URL(filePath: $0) } ?? errorFile
        )
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("LOCKSTEP_") }
            .merging(environment) { $1 }
        try process.run()
    }

    /// The program beside the tests that run.
    private static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "lockstep")
    }

    /// Where the program is.
    static var path: String { executable.path }

    var identifier: Int32 { process.processIdentifier }

    var isRunning: Bool { process.isRunning }

    /// What it has printed so far.
    var output: String { text(of: outputFile) }

    /// What it has complained of so far.
    var errors: String { text(of: errorFile) }

    private func text(of file: URL) -> String {
        (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }

    /// Sends a signal to the program alone.
    func signal(_ number: Int32) { kill(identifier, number) }

    /// Sends a signal to the program and every process that it started.
    func signalGroup(_ number: Int32) { kill(-identifier, number) }

    /// Waits for its end; after two minutes it is killed, which no caller expects.
    func wait() -> Result {
        let isOver = eventually(within: .seconds(120 * Sanitizer.patience)) {
            !self.process.isRunning
        }
        if !isOver { signalGroup(SIGKILL) }
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        let status = isSignal ? -process.terminationStatus : process.terminationStatus
        return Result(status: status, output: output, errors: errors)
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String],
        in folder: URL,
        environment: [String: String] = [:]
    ) throws -> Result {
        try Program(arguments, in: folder, environment: environment).wait()
    }
}

/// Waits until something is true, looking again every few milliseconds.
///
/// - Returns: false when it did not become true in time.
func eventually(within time: Duration = .seconds(60), _ isTrue: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + time
    while !isTrue() {
        if ContinuousClock.now > deadline { return false }
        usleep(5_000)
    }
    return true
}

/// Processes that were started in `folder` and whose command line has all of `words`, by number.
///
/// The folder is a test's own, so that other tests' processes do not count.
func processes(with words: [String], in folder: URL) -> [Int32] {
    let path = folder.resolvingSymlinksInPath().path
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap(Int32.init).filter { identifier in
        guard let data = FileManager.default.contents(atPath: "/proc/\(identifier)/cmdline") else {
            return false
        }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\0").map(String.init)
        let place = try? FileManager.default
            .destinationOfSymbolicLink(atPath: "/proc/\(identifier)/cwd")
        return place == path && words.allSatisfy { word in line.contains { $0.contains(word) } }
    }
}

/// A port that nothing listens on, as the system gives them out.
func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
        }
    }
    try #require(outcome)
    return UInt16(bigEndian: address.sin_port)
}
