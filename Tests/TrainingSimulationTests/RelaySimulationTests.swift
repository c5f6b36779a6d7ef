import Testing
import TrainingDriver
import TrainingProtocol
import TrainingSimulation

/// Whole runs in virtual time whose workers reach the coordinator through relays.
struct RelaySimulationTests {
    /// What a run that failed looked like.
    private func report(_ result: SimulationResult) -> Comment {
        let run = Simulation<ToyRun>(seed: result.seed, .tree, hasText: true).run()
        let lines = run.traceLines.suffix(40).joined(separator: "\n")
        return "seed \(result.seed): \(result.failure ?? "")\n\(lines)"
    }

    @Test func `ends at the same digest through the bad days of hundreds of seeds`() async {
        let sweep = await Sweep.run(0..<300, .tree, threadCount: 2)
        for failure in sweep.failures.prefix(1) { Issue.record(report(failure)) }
        #expect(sweep.eventCount > 100_000)
    }

    @Test func `gives the same trace for the same seed, and another without relays`() {
        let first = Simulation<ToyRun>(seed: 11, .tree, hasText: true).run()
        #expect(Simulation<ToyRun>(seed: 11, .tree, hasText: true).run() == first)
        #expect(Simulation<ToyRun>(seed: 11).run().traceDigest != first.traceDigest)
        #expect(Simulation<ToyRun>(seed: 11, .star).run().traceDigest != first.traceDigest)
    }

    /// The oracle is LeNet-5 computed in one thread.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `ends at the real digest with the real numbers`(_ seed: UInt64) {
        let options = SimulationOptions(seed: seed, .tree)
        #expect(Simulation<LeNetRun>(seed: seed, options: options).run().failure == nil)
    }

    /// A thousand workers through 32 relays, for two steps of 1,024 shards.
    private func options(_ faults: [SimulationOptions.Fault], count: Int) -> SimulationOptions {
        var options = SimulationOptions(seed: 1, Topology(workerCount: 1_000, relayCount: 32))
        options.run.schedule = Schedule(
            trainingSampleCount: 32_758,
            validationSampleCount: 8_000,
            testSampleCount: 500,
            batchSize: 16_384,
            epochCount: 1
        )
        options.run.workerCountMin = 32
        options.run.verification = .none
        options.run.stopping = .init()
        options.network.linkKind = .none
        options.network.overtakingPercentage = 0
        options.network.joinCountMax = 256
        options.network.lossPercentage = 0
        options.network.delay = .microseconds(50) ... .microseconds(200)
        options.workers.shardDuration = .milliseconds(20)
        options.workers.slowness = Array(repeating: 1, count: 1_000)
        options.workers.starts = Array(repeating: .zero, count: 1_000)
        options.faults.kinds = faults
        options.faults.count = count
        options.faults.phase = .milliseconds(300)
        options.faults.duration = .milliseconds(1) ... .milliseconds(100)
        options.faults.deathPercentage = 20
        return options
    }

    private func answers(of result: SimulationResult) -> Int {
        result.traceLines.count {
            $0.contains(" coordinator hears ") && $0.contains(" answer step ")
        }
    }

    @Test func `ends at one worker's digest with a thousand workers through 32 relays`() {
        let calm = options([], count: 0)
        let result = Simulation<ToyRun>(seed: 1, options: calm, hasText: true).run()
        #expect(result.failure == nil)
        // Each relay sends one gradient a step.
        #expect(answers(of: result) == 64)
        #expect(
            result.traceLines.count { $0.contains("worker") && $0.contains("computes") } > 2_000
        )
    }

    @Test func `ends at the same digest though relays and workers die by the dozen`() {
        let kinds: [SimulationOptions.Fault] = [
            .workerCrash, .workerFreeze, .connectionBreak, .partition,
        ]
        let bad = options(kinds, count: 120)
        let result = Simulation<ToyRun>(seed: 1, options: bad, hasText: true).run()
        #expect(result.failure == nil)
        let crashes = result.traceLines.filter { $0.hasSuffix(" crashes ") }
        #expect(crashes.count { $0.contains(" relay ") } > 5)
        #expect(crashes.count { $0.contains(" worker ") } > 5)
    }
}
