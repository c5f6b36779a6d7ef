import ArgumentParser
import Foundation

/// Runs the command that was asked for, and ends with 0, 1 or, for a mistake in its use, 2.
@main
struct Entry {
    static func main() async {
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
        complain("lockstep: \(error)")
        exit(isMistakeInUse(error) ? 2 : 1)
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
