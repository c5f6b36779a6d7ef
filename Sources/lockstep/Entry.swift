import ArgumentParser
import Foundation
import Reporting
import Training

/// Runs the command that was asked for, and ends with 0, 1 or, for a mistake in its use, 2.
@main
struct Entry {
    static func main() async {
        holdStandardDescriptors()
        // A terminal's Ctrl-\\ reaches every process of it; the one that started workers says so.
        let isStarted = CommandLine.arguments.contains("--exit-on-stdin-eof")
        Signals.prepare(saysWhy: !isStarted)
        do {
            var command = try Lockstep.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Prints what a person should know about an error, once, and ends the process.
    private static func end(with error: any Error) -> Never {
        if let code = error as? ExitCode { exit(code.rawValue) }
        let parserCode = Lockstep.exitCode(for: error)
        if parserCode == .success {
            print(Lockstep.fullMessage(for: error))
            exit(0)
        }
        if parserCode == .validationFailure {
            complain(Lockstep.fullMessage(for: error))
            exit(2)
        }
        complain("lockstep: " + line(of: "\(error)"))
        exit(isMistakeInUse(error) ? 2 : 1)
    }

    /// Prints to standard error; where even that fails, the exit code has to do.
    private static func complain(_ text: String) {
        let environment = ProcessInfo.processInfo.environment
        let start = Terminal.lineStart(of: STDERR_FILENO, environment: environment)
        try? FileHandle.standardError.write(contentsOf: Data((start + text + "\n").utf8))
    }

    /// The text on one line: a file's name in it may hold a line feed, or what a terminal obeys.
    private static func line(of text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return line
    }

    /// Opens `/dev/null` where standard input, output or error is closed, so that no file of ours
    /// takes its number and what is printed does not end up in it.
    private static func holdStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }
}
