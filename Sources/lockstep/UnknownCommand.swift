import ArgumentParser
import Configuration

/// A word stands where a command was expected, and names none.
struct UnknownCommand: Error, CustomStringConvertible {
    let word: String
    /// The commands above it, such as `lockstep keys`.
    let path: String
    let commands: [String]

    /// Looks for one at the start of a command line; nil if its words are commands as far as
    /// commands are expected.
    init?(in arguments: some Sequence<String>, of root: any ParsableCommand.Type) {
        var (command, path) = (root, root._commandName)
        for word in arguments {
            let below = command.configuration.subcommands
            guard !below.isEmpty, !word.hasPrefix("-") else { return nil }
            if word == "help", command == root { continue }
            guard let next = below.first(where: { $0._commandName == word }) else {
                (self.word, self.path) = (word, path)
                commands = below.map { $0._commandName }
                return
            }
            (command, path) = (next, path + " " + word)
        }
        return nil
    }

    /// What other programs call some commands.
    private static let synonyms = [
        "fit": "train", "run": "train", "test": "evaluate", "infer": "predict", "make": "new",
        "remove": "revoke", "master": "coordinator", "server": "coordinator", "client": "worker",
    ]

    var description: String {
        let synonym = Self.synonyms[word].flatMap { commands.contains($0) ? $0 : nil }
        if let meant = synonym ?? NearestName.suggestion(for: word, among: commands) {
            return
                "'\(word)' was found where a command was expected; did you mean \(path) \(meant)?"
        }
        return
            "'\(word)' was found where one of \(commands.joined(separator: ", ")) was expected; \(path) --help tells what each does"
    }
}
