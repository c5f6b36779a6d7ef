import Testing
import TrainingDriver
import TrainingProtocol
import TrainingSimulation

/// Whole runs of both machines in virtual time.
struct SimulationTests {
    /// What a run that failed looked like.
    private func report(_ result: SimulationResult) -> Comment {
        let lines = Simulation<ToyRun>(seed: result.seed, hasText: true).run().traceLines.suffix(40)
        return "seed \(result.seed): \(result.failure ?? "")\n\(lines.joined(separator: "\n"))"
    }

    @Test func `ends at the same digest through the bad days of hundreds of seeds`() async {
        let sweep = await Sweep.run(0..<500, threadCount: 2)
        for failure in sweep.failures.prefix(1) { Issue.record(report(failure)) }
        #expect(sweep.eventCount > 100_000)
    }

    /// Seeds that found what hundreds of others do not.
    ///
    /// 15907: a worker takes longer for its work than the coordinator waits before it repeats
    /// itself, and its messages pile up.
    @Test(arguments: [15_907] as [UInt64])
    func `ends at the same digest where it did not once`(seed: UInt64) {
        let result = Simulation<ToyRun>(seed: seed).run()
        #expect(result.failure == nil, report(result))
    }

    @Test func `gives the same trace for the same seed, and another for another`() {
        let first = Simulation<ToyRun>(seed: 11, hasText: true).run()
        #expect(Simulation<ToyRun>(seed: 11, hasText: true).run() == first)
        #expect(!first.traceLines.isEmpty)
        let silent = Simulation<ToyRun>(seed: 11).run()
        #expect(silent.traceDigest == first.traceDigest)
        #expect(silent.traceLines.isEmpty)
        #expect(Simulation<ToyRun>(seed: 12).run().traceDigest != first.traceDigest)
    }

    @Test func `finds the same on any number of threads`() async {
        let single = await Sweep.run(0..<20, threadCount: 1)
        #expect(await Sweep.run(0..<20, threadCount: 3) == single)
    }

    /// The oracle is LeNet-5 computed in one thread.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `ends at the real digest with the real numbers`(_ seed: UInt64) {
        var options = SimulationOptions(seed: seed)
        options.workers.faultySlots = []
        let result = Simulation<LeNetRun>(seed: seed, options: options).run()
        #expect(result.failure == nil)
    }

    @Test func `draws runs of many kinds`() {
        let drawn = (0..<200).map { SimulationOptions(seed: $0) }
        for fault in SimulationOptions.Fault.allCases {
            #expect(
                drawn.contains { $0.faults.kinds.contains(fault) && $0.faults.count > 5 },
                "\(fault)"
            )
        }
        for count in 1...6 { #expect(drawn.contains { $0.workers.count == count }) }
        #expect(drawn.contains { $0.faults.count == 0 })
        #expect(drawn.contains { $0.run.schedule.validationSampleCount == 0 })
        #expect(drawn.count { $0.run.stopping.isActive } > 50)
    }

    @Test func `ends some runs before their last epoch`() {
        let lengths = (0..<UInt64(200)).map { seed -> (made: Int, planned: Int) in
            let options = SimulationOptions(seed: seed)
            guard options.run.stopping.isActive else { return (0, 0) }
            let lines = Simulation<ToyRun>(seed: seed, hasText: true).run().traceLines
            let steps = lines.filter { $0.contains(" applies step ") }
                .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            return ((steps.max() ?? -1) + 1, options.run.schedule.stepCount)
        }
        #expect(lengths.count { $0.made < $0.planned } > 10)
        #expect(lengths.count { $0.made > 0 && $0.made == $0.planned } > 10)
    }

    /// Three workers on a calm network, for long enough that faults strike while they compute.
    private func options(_ fault: SimulationOptions.Fault) -> SimulationOptions {
        var options = SimulationOptions(seed: 0)
        options.workers.faultySlots = []
        options.workers.earlyPercentage = 50
        options.run.checkpointsKept = .max
        options.run.verification = .none
        options.run.schedule = Schedule(
            trainingSampleCount: 200,
            validationSampleCount: 40,
            testSampleCount: 40,
            batchSize: 64,
            epochCount: 2
        )
        options.workers.count = 3
        options.run.workerCountMin = 1
        options.run.stepsPerCheckpoint = 2
        options.run.savingDelay = .zero ... .milliseconds(20)
        options.network.linkKind = .everything
        options.network.overtakingPercentage = 0
        options.network.joinCountMax = 256
        options.network.delay = .milliseconds(1) ... .milliseconds(5)
        options.network.lossPercentage = 0
        options.workers.shardDuration = .milliseconds(20)
        options.workers.slowness = [1, 1, 5]
        options.patience = .seconds(600)
        options.workers.starts = [.zero, .zero, .milliseconds(20)]
        options.faults.kinds = [fault]
        options.faults.count = 10
        options.faults.phase = .seconds(2)
        options.faults.duration = .milliseconds(10) ... .seconds(12)
        options.faults.deathPercentage = 30
        return options
    }

    @Test(arguments: SimulationOptions.Fault.allCases)
    func `survives ten of a kind`(_ fault: SimulationOptions.Fault) {
        let options = options(fault)
        for seed in 0..<UInt64(20) {
            let result = Simulation<ToyRun>(seed: seed, options: options).run()
            #expect(result.failure == nil, "seed \(seed)")
        }
    }

    @Test func `ends though the only worker is silent for too long whenever it computes`() {
        var options = options(.workerCrash)
        options.workers.count = 1
        options.workers.slowness = [1]
        options.workers.starts = [.zero]
        options.faults.count = 0
        options.workers.shardDuration = .seconds(11)
        options.silenceMax = .seconds(10)
        #expect(Simulation<ToyRun>(seed: 1, options: options).run().failure == nil)
    }

    @Test func `loses no worker on a calm day`() {
        var options = options(.workerCrash)
        options.faults.count = 0
        options.workers.slowness = [1, 1, 3]
        options.workers.shardDuration = .milliseconds(200)
        options.silenceMax = .seconds(2)
        options.heartbeatInterval = .milliseconds(200)
        for seed in 0..<UInt64(5) {
            let calm = Simulation<ToyRun>(seed: seed, options: options, hasText: true).run()
            #expect(calm.failure == nil, "seed \(seed)")
            #expect(calm.duration > .seconds(3), "seed \(seed)")
            #expect(!calm.traceLines.contains { $0.contains("workerLost") }, "seed \(seed)")
        }
    }

    @Test func `does not wait for hung workers until their silence is too long`() {
        var options = options(.workerFreeze)
        options.workers.slowness = [1, 1, 1]
        options.faults.count = 2
        options.faults.phase = .milliseconds(300)
        options.faults.deathPercentage = 100
        for seed in 0..<UInt64(20) {
            let hung = Simulation<ToyRun>(seed: seed, options: options, hasText: true).run()
            #expect(hung.failure == nil, "seed \(seed)")
            #expect(hung.traceLines.contains { $0.contains("freezes") }, "seed \(seed)")
            #expect(hung.duration < .seconds(5), "seed \(seed)")
        }
    }

    /// A worker was found to answer wrongly while a round under verification waited for one that
    /// had lost its requests: five others were idle, and nobody asked them.
    @Test func `does not leave a round to one slow worker while others are idle`() {
        let result = Simulation<ToyRun>(seed: 2_333_827_525).run()
        #expect(result.failure == nil)
        #expect(result.duration < .seconds(60))
    }

    @Test func `says so when a run does not end in time`() {
        var options = options(.workerCrash)
        options.faults.count = 0
        options.run.workerCountMin = 4
        let result = Simulation<ToyRun>(seed: 1, options: options).run()
        #expect(result.failure?.hasPrefix("no end after") == true)
    }
}
