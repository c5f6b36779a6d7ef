import ArgumentParser
import Foundation

/// `lockstep-fuzz`: damaged bytes for every decoder, and for a coordinator that runs.
@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep-fuzz",
        abstract: "Feed damaged bytes to every decoder, or to a live coordinator.",
        discussion: """
            Without a target, all are run. An input that a decoder dies of, or hangs in, is named with the seed and number \
            that make it again. With --connect, messages go to the coordinator at that address, as from workers that have \
            joined and from such that have not.
            """
    )

    @Argument(help: "One decoder, such as wire; a name that is none has them all listed.")
    var target: String?

    @Option(help: "How long each target is run, in seconds.") var seconds = 20.0

    @Option(help: "The seed of the damage (default: drawn).") var seed: UInt64?

    @Option(help: "Run this one input alone.") var only: Int?

    @Option(help: "A coordinator to send frames to, such as tcp://127.0.0.1:5555.")
    var connect: String?

    @Option(help: "How many messages to send.") var frames = 1_000_000

    func run() throws {
        let seed = seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        if let connect {
            let flood = Flood(endpoint: connect, seed: seed)
            let tally = try flood.send(frames)
            print(
                "\(tally.messageCount) messages over \(tally.connectionCount) connections, seed \(seed): "
                    + "\(tally.headerlessCount) without a header, \(tally.extraFrameCount) with too many frames"
            )
            return
        }
        let all = try FuzzTarget.all()
        let chosen = target.map { name in all.filter { $0.name == name } } ?? all
        guard !chosen.isEmpty else {
            throw ValidationError(
                "choosing a target: \(target ?? "") was found where one of \(all.map(\.name).joined(separator: ", ")) was expected; name one"
            )
        }
        CrashReport.arm()
        for target in chosen { run(target, seed: seed) }
    }

    private func run(_ target: FuzzTarget, seed: UInt64) {
        CrashReport.note(target: target.name, seed: seed)
        let start = ContinuousClock.now
        var number = only ?? 0
        repeat {
            CrashReport.note(number: number)
            var mutator = Mutator(seed: seed, number: number)
            target.run(mutator.input(from: target.corpus))
            number += 1
        } while only == nil && (number % 64 != 0 || ContinuousClock.now - start < .seconds(seconds))
        print("\(target.name): \(number - (only ?? 0)) inputs, seed \(seed)")
        fflush(nil)
    }
}
