import Foundation
import TestTools
import Testing

/// What the documentation tells people to type, typed as it stands there.
@Suite(.serialized) struct DocumentedCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try SmallDataset.write(
            trainingCount: 320,
            testCount: 40,
            into: folder.url.appending(path: "data")
        )
    }

    /// The documents with commands that are run as they stand.
    private static let paths: [String] = {
        let documents = (try? Document.all()) ?? []
        return documents.filter { $0.blocks.contains { $0.isRun } }.map(\.path)
    }()

    @Test func `has much to run`() { #expect(Self.paths.count >= 6) }

    /// The blocks of a document share a folder, and come in its order.
    @Test(arguments: Self.paths)
    func `runs what it shows`(path: String) throws {
        for block in try Document(path: path).blocks {
            let place = "\(path):\(block.line)"
            switch block.mark {
            case .file(let name):
                let text = block.lines.joined(separator: "\n") + "\n"
                try Data(text.utf8).write(to: folder.url.appending(path: name))
            case .run(let exitCode) where block.language == "console":
                for (command, expected) in block.transcript {
                    let result = try run(command)
                    let printed = (result.output + result.errors)
                        .split(separator: "\n").map(String.init)
                    #expect(Self.fits(printed, expected), "\(place): \(printed)")
                    if exitCode != 0 { #expect(result.status == exitCode, "\(place)") }
                }
            case .run(let exitCode):
                let result = try run(block.lines.joined(separator: "\n"))
                #expect(result.status == exitCode, "\(place): \(result.errors)")
            case .runBy, .notRun, nil: break
            }
        }
    }

    @Test func `names every command in the README`() throws {
        let help = try Program.run(["--help"], in: folder.url).output
        let commands = help.split(separator: "\n").drop { !$0.hasSuffix("SUBCOMMANDS:") }
            .compactMap { $0.firstMatch(of: /^ {2}([a-z]+)\b/)?.1 }
        #expect(commands.count > 10)
        let readme = try Document(path: "README.md").lines.joined(separator: "\n")
        for command in commands {
            let isNamed = readme.contains("`\(command)`") || readme.contains("lockstep \(command) ")
            #expect(isNamed, "\(command)")
        }
    }

    @Test func `knows what a transcript leaves out`() {
        #expect(Self.fits(["a", "b"], ["a", "b"]))
        #expect(Self.fits(["a", "x", "y", "b"], ["a", "…", "b"]))
        #expect(Self.fits(["loss 0.3, good"], ["loss …, good"]))
        #expect(!Self.fits(["a", "b"], ["a"]))
        #expect(!Self.fits(["a"], ["a", "b"]))
        #expect(!Self.fits(["loss 0.3, bad"], ["loss …, good"]))
    }

    /// Runs lines of the shell in which `lockstep` is the program that was built.
    private func run(_ script: String) throws -> Program.Result {
        let program = try Program(
            [],
            in: folder.url,
            environment: [
                "LOCKSTEP_DATASET": folder.url.appending(path: "data").path, "COLUMNS": "200",
            ],
            through: ["bash", "-euo", "pipefail", "-c", "lockstep() { \"$0\" \"$@\"; }\n" + script]
        )
        return program.wait()
    }

    /// Whether lines are those of a transcript, in which `…` stands for any text, or any lines.
    private static func fits(_ printed: [String], _ expected: [String]) -> Bool {
        let pattern = expected.map { $0 == "…" ? "(?:.*\n)*?" : escaped($0) + "\n" }.joined()
        let text = printed.map { $0 + "\n" }.joined()
        guard let pattern = try? Regex(pattern) else { return false }
        return text.wholeMatch(of: pattern) != nil
    }

    private static func escaped(_ line: String) -> String {
        line.split(separator: "…", omittingEmptySubsequences: false)
            .map { NSRegularExpression.escapedPattern(for: String($0)) }.joined(separator: ".*")
    }
}

extension Document.Block {
    /// Whether it is run as it stands.
    fileprivate var isRun: Bool {
        if case .run = mark { true } else { false }
    }

    /// The commands behind `$ `, and what each prints.
    fileprivate var transcript: [(command: String, printed: [String])] {
        lines.reduce(into: []) { parts, line in
            if line.hasPrefix("$ ") {
                parts.append((String(line.dropFirst(2)), []))
            } else if !parts.isEmpty {
                parts[parts.count - 1].printed.append(line)
            }
        }
    }
}
