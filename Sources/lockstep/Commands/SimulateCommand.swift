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

            With --relays, workers reach the coordinator through relays, which add their answers. \
            Relays fail as workers do.

            EXAMPLES:
              lockstep simulate --seeds "0..<10000"
              lockstep simulate --seeds "7..<8" --trace
              lockstep simulate --seeds "0..<2" --relays 32 --workers 1000
            """
    )

    @Option(help: ArgumentHelp("Which seeds to run, the last one left out.", valueName: "a..<b"))
    var seeds: SeedRange = SeedRange(bounds: 0..<1_000)

    @Option(
        help: ArgumentHelp(
            "How many workers a run has, \(workerCounts.text), with a shard of each batch for each (default: as the seed draws).",
            valueName: "n"
        )
    )
    var workers: Int?

    @Option(help: ArgumentHelp("How many relays it has, \(relayCounts.text).", valueName: "n"))
    var relays = 0

    private static let workerCounts = 1...1_024
    private static let relayCounts = 0...64

    @Flag(help: "Print what happens in the first of the seeds.")
    var trace = false

    func validate() throws {
        if let workers { try Self.check(workers, "--workers", in: Self.workerCounts) }
        try Self.check(relays, "--relays", in: Self.relayCounts)
    }

    private static func check(_ number: Int, _ option: String, in range: ClosedRange<Int>) throws {
        guard !range.contains(number) else { return }
        throw ValidationError(
            "\(option) \(number) was found where \(range.text) was expected; choose one of these"
        )
    }

    func run() async throws {
        let topology = Topology(workerCount: workers, relayCount: relays)
        if trace {
            let first = seeds.bounds.lowerBound
            let result = Simulation<ToyRun>(seed: first, topology, hasText: true).run()
            for line in result.traceLines { print(line) }
        }
        let clock = ContinuousClock()
        var sweep: Sweep?
        let duration = await clock.measure {
            sweep = await Sweep.run(
                seeds.bounds,
                topology,
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
        let again = Simulation<ToyRun>(seed: failure.seed, topology, hasText: true).run()
        for line in again.traceLines.suffix(60) { print(line) }
        let failed = sweep.failures.prefix(10).map { "\($0.seed)" }.joined(separator: ", ")
        print("seed \(failure.seed): \(failure.failure ?? "")")
        print(
            "\(sweep.failures.count) of \(seeds.bounds.count) seed\(seeds.bounds.count == 1 ? "" : "s") failed: \(failed)"
        )
        throw ExitCode(1)
    }
}

extension ClosedRange<Int> {
    /// As help and mistakes name it.
    fileprivate var text: String { "\(lowerBound) to \(upperBound.formatted())" }
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
