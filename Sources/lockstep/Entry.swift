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
            let words = CommandLine.arguments.dropFirst()
            if let unknown = UnknownCommand(in: words, of: Lockstep.self) { throw unknown }
            if let mistyped = SingleDash(in: words, of: Lockstep.self) { throw mistyped }
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
            complain(of: ParserComplaint(error, of: Lockstep.self).text)
            exit(2)
        }
        complain(of: error)
        exit(isMistakeInUse(error) ? 2 : 1)
    }

    /// Prints an error's sentence to standard error.
    static func complain(of error: Any) {
        StandardErrorLog.complain(Sentence.bounded("\(error)", to: Sentence.lengthMax - 10))
    }

    /// Opens `/dev/null` where standard input, output or error is closed, so that no file of ours
    /// takes its number and what is printed does not end up in it.
    private static func holdStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }
}
