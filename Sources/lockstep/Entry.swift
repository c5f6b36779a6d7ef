import ArgumentParser
import Foundation
import Hosting
import Reporting

/// Runs the command that was asked for. It ends with 0, with 1, with 2 for a mistake in its use, or
/// with a status that the command itself documents.
@main
struct Entry {
    static func main() async {
        EnvironmentSecret.take()
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
            complain(complaint(of: error))
            exit(2)
        }
        complain(of: error)
        exit(isMistakeInUse(error) ? 2 : 1)
    }

    /// Prints an error's sentence to standard error.
    static func complain(of error: any Error) { complain(Sentence.bounded("lockstep: \(error)")) }

    /// Prints to standard error; where even that fails, the exit code has to do.
    static func complain(_ text: String) {
        let environment = ProcessInfo.processInfo.environment
        let start = Terminal.lineStart(of: STDERR_FILENO, environment: environment)
        try? FileHandle.standardError.write(contentsOf: Data((start + text + "\n").utf8))
    }

    /// What the parser says of a mistake, of which only the first part holds the user's words.
    ///
    /// Its own sentences may have several lines, such as a list of what is accepted.
    private static func complaint(of error: any Error) -> String {
        let whole = Lockstep.fullMessage(for: error)
        let message = Lockstep.message(for: error)
        guard !message.isEmpty, let range = whole.range(of: message) else { return whole }
        let label = whole[..<range.lowerBound]
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Sentence.onOneLine(String($0)) }.joined(separator: "\n")
        let lengthMax = Sentence.lengthMax - label.count
        let bounded =
            lines.unicodeScalars.count <= lengthMax
            ? lines : Sentence.bounded(message, to: lengthMax)
        return label + bounded + whole[range.upperBound...]
    }

    /// Opens `/dev/null` where standard input, output or error is closed, so that no file of ours
    /// takes its number and what is printed does not end up in it.
    private static func holdStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }
}
