import ArgumentParser

/// The long options of a command, as its help text lists them.
enum OptionNames {
    /// Those of the command that the first words of a command line name.
    static func ofCommand(at words: [String], below root: any ParsableCommand.Type) -> [String] {
        var command = root
        for word in words {
            let below = command.configuration.subcommands
            guard let next = below.first(where: { $0._commandName == word }) else { break }
            command = next
        }
        return root.helpMessage(for: command).split(separator: "\n")
            .filter { $0.hasPrefix("  -") }
            .flatMap { $0.matches(of: /(?:^|[ ,])(--[a-z0-9-]+)/).map { String($0.1) } }
    }
}

/// A long option has one dash, as in `-lr`, which would be read as short ones.
struct SingleDash: Error, CustomStringConvertible {
    let word: String
    let meant: String

    /// Looks for one in a command line.
    init?(in arguments: some Sequence<String>, of root: any ParsableCommand.Type) {
        let words = arguments.prefix { $0 != "--" }.map { $0 }
        let suspects = words.filter { $0.contains(/^-[a-z][a-z0-9-]+(=|$)/) }
        guard !suspects.isEmpty else { return nil }
        let names = Set(OptionNames.ofCommand(at: words, below: root))
        for word in suspects {
            let name = "-" + word.prefix { $0 != "=" }
            guard names.contains(name) else { continue }
            (self.word, meant) = (word, name)
            return
        }
        return nil
    }

    var description: String {
        "'\(word)' was found where an option with two dashes was expected; did you mean \(meant)?"
    }
}
