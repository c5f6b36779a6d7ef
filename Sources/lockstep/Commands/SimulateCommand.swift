import ArgumentParser
import Foundation
import Hosting
import TrainingSimulation

/// `lockstep simulate`: runs the protocol through many bad days, in virtual time.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run the program's drivers through failures that seeds draw.",
        discussion: """
            Each seed is one training run in virtual time, by the loops that the coordinator and \
            its workers run, with a model of four parameters. Processes crash, freeze, lag and \
            return, connections break and stall, the disk is full, slow or loses what was not \
            safe. Then all heals but for some workers that are gone for good. Every run must end, \
            at the digest of a direct computation. The same seed gives the same trace everywhere. \
            Ends with 1 if a seed fails.

            EXAMPLES:
              lockstep simulate --seeds "0..<10000"
              lockstep simulate --seeds "7..<8" --trace
            """
    )

    @Option(help: ArgumentHelp("Which seeds to run, the last one left out.", valueName: "a..<b"))
    var seeds: SeedRange = SeedRange(bounds: 0..<1_000)

    @Flag(help: "Print what happens in the first of the seeds.")
    var trace = false

    func run() async throws {
        if trace {
            let result = Simulation<ToyRun>(seed: seeds.bounds.lowerBound, hasText: true).run()
            for line in result.traceLines { print(line) }
        }
        let clock = ContinuousClock()
        var sweep: Sweep?
        let duration = await clock.measure {
            sweep = await Sweep.run(
                seeds.bounds,
                threadCount: ProcessorCount.ofProcess
            )
        }
        guard let sweep else { return }
        let seconds = String(format: "%.1f", duration / .seconds(1))
        let digest = String(format: "%016llx", sweep.digest)
        print(
            "\(seeds.bounds.count) seed\(seeds.bounds.count == 1 ? "" : "s") in \(seconds) s, digest \(digest)"
        )
        guard let failure = sweep.failures.first else { return }
        let again = Simulation<ToyRun>(seed: failure.seed, hasText: true).run()
        for line in again.traceLines.suffix(60) { print(line) }
        let failed = sweep.failures.prefix(10).map { "\($0.seed)" }.joined(separator: ", ")
        print("seed \(failure.seed): \(failure.failure ?? "")")
        print(
            "\(sweep.failures.count) of \(seeds.bounds.count) seed\(seeds.bounds.count == 1 ? "" : "s") failed: \(failed)"
        )
        throw ExitCode(1)
    }
}

/// A range of seeds as it is written: `10..<20`.
struct SeedRange: ExpressibleByArgument {
    let bounds: Range<UInt64>

    init(bounds: Range<UInt64>) { self.bounds = bounds }

    init?(argument: String) {
        let parts = argument.split(separator: "..<", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = UInt64(parts[0]), let end = UInt64(parts[1]),
            first < end
        else { return nil }
        bounds = first..<end
    }

    var defaultValueDescription: String { "\(bounds.lowerBound)..<\(bounds.upperBound)" }
}
