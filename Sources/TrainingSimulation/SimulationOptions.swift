import SeededRandom
package import TrainingDriver
package import TrainingProtocol

/// What kind of run a seed stands for: its sizes, its network, its workers, and what befalls them.
package struct SimulationOptions: Equatable, Sendable {
    /// What may go wrong.
    package enum Fault: Equatable, Sendable, CaseIterable {
        /// A worker's process dies; mostly another is started in its place.
        case workerCrash
        /// A worker's process stands still for a while.
        case workerFreeze
        /// A worker is told to leave; mostly another is started in its place.
        case workerLeave
        /// One of a worker's connections breaks; what is under way is lost.
        case connectionBreak
        /// Nothing passes one way, or both, for a while.
        case partition
        /// A worker's connection brings bytes that are no message.
        case garbage
        /// Workers that are none ask to join.
        case strangers
        /// The coordinator's process dies, perhaps in the middle of a checkpoint and perhaps with
        /// its machine, and is started again from its newest checkpoint.
        case coordinatorCrash
        /// The coordinator's process stands still for a while.
        case coordinatorFreeze
        /// The operator stops the run and resumes it.
        case coordinatorStop
        /// Nothing can be written for a while.
        case diskFull
        /// Every checkpoint takes long for a while.
        case diskSlow
        /// A bit of the newest checkpoint flips.
        case diskRot
    }

    /// What else than its connection a worker is offered.
    package enum LinkKind: Equatable, Sendable {
        /// Nothing.
        case none
        /// A link of its own for what is large, as over another port.
        case payloads
        /// A link for everything, as within one host.
        case everything
    }

    /// The run that the coordinator is asked for.
    package struct Run: Equatable, Sendable {
        /// The rounds.
        package var schedule: Schedule
        /// When the run ends before its last epoch.
        package var stopping = StoppingRule()
        /// Workers that the coordinator waits for.
        package var workerCountMin = 1
        /// Answers that are compared with a second worker's before they count.
        package var verification = Verification.none
        /// Steps from one checkpoint to the next.
        package var stepsPerCheckpoint = 0
        /// How many checkpoints stay.
        package var checkpointsKept = Int.max
        /// How long a checkpoint takes to be safe.
        package var savingDelay = Duration.zero ... .zero
    }

    /// The network, and what the coordinator lets in.
    package struct Network: Equatable, Sendable {
        /// What else than its connection a worker is offered.
        package var linkKind = LinkKind.none
        /// How many of a hundred parameters on a host are written over before they are used.
        package var overtakingPercentage = 0
        /// How many workers may ask to join at once.
        package var joinCountMax = 256
        /// In which time one more may.
        package var joinPeriod = Duration.milliseconds(20)
        /// How long a message travels.
        package var delay = Duration.zero ... .zero
        /// How many messages of a hundred get lost in the faulty phase though the connection
        /// lasts.
        ///
        /// No transport should; the machines repeat what matters all the same.
        package var lossPercentage = 0
        /// Whether the coordinator is told of broken connections or finds them out as it sends.
        package var areBreaksReported = true
    }

    /// The workers.
    package struct Workers: Equatable, Sendable {
        /// Places where one can run.
        package var count: Int
        /// How long one computes a shard.
        package var shardDuration = Duration.zero
        /// By how much each place's worker is slower than the fastest.
        package var slowness: [Int] = []
        /// After how much of a computation's time its fully connected segment is there, of a
        /// hundred.
        package var earlyPercentage = 50
        /// When each place's first worker starts.
        package var starts: [Duration] = []
        /// Places whose processor computes wrong bits in the faulty phase.
        package var faultySlots: [Int] = []
        /// How many of their answers of a hundred are wrong.
        package var wrongPercentage = 0
    }

    /// What goes wrong, and when it heals.
    package struct Faults: Equatable, Sendable {
        /// What may.
        package var kinds: [Fault] = []
        /// How much of it.
        package var count = 0
        /// When all that heals.
        package var phase = Duration.zero
        /// How long what stands still or is cut stays so.
        package var duration = Duration.zero ... .zero
        /// Of a hundred dead workers, how many stay dead.
        package var deathPercentage = 0
    }

    /// The run that the coordinator is asked for.
    package var run: Run
    /// The network, and what the coordinator lets in.
    package var network = Network()
    /// The workers.
    package var workers: Workers
    /// How many relays stand between the workers and the coordinator; 0 for none.
    package var relayCount = 0
    /// How often each side shows that it lives.
    package var heartbeatInterval: Duration
    /// After how much silence the other counts as gone.
    package var silenceMax: Duration
    /// How long a worker looks for a coordinator.
    package var patience: Duration
    /// What goes wrong.
    package var faults = Faults()

    /// Places where a process that takes part can run: those of workers, behind them relays'.
    package var placeCount: Int { workers.count + relayCount }

    /// Draws the options of a seed.
    package init(seed: UInt64) {
        var random = RandomStream(seed: seed, stream: 100)
        run = Run(schedule: Self.schedule(&random))
        let workerCount = random.number(in: 1...6)
        workers = Workers(count: workerCount)
        run.workerCountMin = random.number(in: 1...workerCount)
        run.stepsPerCheckpoint = random.number(in: 0...4)
        run.savingDelay = .zero ... .milliseconds(random.choice([0, 5, 500]))
        network.linkKind = random.choice([.none, .payloads, .everything])
        network.overtakingPercentage = random.choice([0, 0, 5])
        network.joinCountMax = random.choice([256, 3])
        network.joinPeriod = .milliseconds(random.choice([20, 200]))
        network.delay = random.choice([
            .microseconds(50) ... .microseconds(200), .milliseconds(1) ... .milliseconds(5),
            .milliseconds(90) ... .milliseconds(110), .milliseconds(1) ... .milliseconds(800),
        ])
        network.lossPercentage = random.choice([0, 0, 0, 1, 10])
        workers.shardDuration = .microseconds(random.choice([300, 2_000, 20_000, 100_000]))
        workers.slowness = (0..<workerCount).map { _ in random.choice([1, 1, 1, 1, 2, 5, 20]) }
        (heartbeatInterval, silenceMax) = random.choice([
            (.seconds(1), .seconds(10)), (.milliseconds(200), .seconds(2)),
        ])
        patience = .seconds(random.choice([2, 20, 600, 600]))
        network.areBreaksReported = random.chance(50)
        let startMax = random.choice([Duration.zero, .milliseconds(100), .seconds(5)])
        workers.starts = (0..<workerCount).map { _ in random.duration(in: .zero...startMax) }
        faults.kinds = Fault.allCases.filter { _ in random.chance(40) }
        faults.count = faults.kinds.isEmpty ? 0 : random.choice([0, 1, 3, 10, 30])
        faults.duration = random.choice([
            .milliseconds(1) ... .milliseconds(200), .milliseconds(100) ... .seconds(3),
            .seconds(1) ... .seconds(15),
        ])
        faults.deathPercentage = random.choice([0, 10, 50])
        workers.wrongPercentage = random.choice([1, 10, 100])
        let faultyCount = random.choice([0, 0, 1, workerCount])
        workers.faultySlots = (0..<workerCount).filter { $0 < faultyCount }
        let ratesPerMillion =
            workers.faultySlots.isEmpty ? [0, 0, 0, 100_000, 1_000_000] : [0, 500_000, 1_000_000]
        run.verification = Verification(perMillion: random.choice(ratesPerMillion))
        if seed % 4 == 1 { becomeUneven(seed: seed) }
        faults.phase = calmDuration * random.number(in: 1...4) + startMax
        if seed % 3 == 0 { becomeDoubtful(seed: seed) }
        // A third of either kind.
        if seed / 3 % 3 == 2 { becomeStopping(seed: seed) }
    }

    /// Gives a run large steps, and workers whose shares of them are several pieces of work each.
    private mutating func becomeUneven(seed: UInt64) {
        var random = RandomStream(seed: seed, stream: 106)
        let batchSize = Schedule.shardSampleCountMax * random.number(in: 5...24)
        run.schedule = Schedule(
            trainingSampleCount: batchSize * random.number(in: 3...8),
            validationSampleCount: run.schedule.validationSampleCount,
            testSampleCount: run.schedule.testSampleCount,
            batchSize: batchSize,
            epochCount: run.schedule.epochCount
        )
        workers.slowness = workers.slowness.map { _ in random.choice([10, 13, 17, 25]) }
        workers.shardDuration = .microseconds(random.choice([30, 200, 2_000]))
    }

    /// Has a run end before its last epoch: at an accuracy, which the toy has from its first epoch
    /// on, or after epochs without a lower loss.
    ///
    /// In half of them the coordinator goes and comes back often: what it finds must be judged as
    /// it was before.
    private mutating func becomeStopping(seed: UInt64) {
        var random = RandomStream(seed: seed, stream: 104)
        run.stopping = random.chance(60) ? StoppingRule(accuracy: 0.5) : StoppingRule(patience: 1)
        guard random.chance(50) else { return }
        faults.kinds = [.coordinatorCrash, .coordinatorStop]
        faults.count = 30
        faults.phase = max(faults.phase, .seconds(10))
    }

    /// Turns a third of the runs into ones of doubt: workers that compute wrong bits, answers that
    /// are compared now and then, messages that get lost, and few checkpoints to go back to. States
    /// are common then that another run sees once in a lifetime.
    private mutating func becomeDoubtful(seed: UInt64) {
        var random = RandomStream(seed: seed, stream: 103)
        let faultyCount = random.number(in: 1...max(1, workers.count / 2))
        workers.faultySlots = (0..<workers.count).filter { $0 < faultyCount }
        workers.wrongPercentage = random.choice([2, 10, 50, 100])
        run.verification = Verification(
            perMillion: random.choice([0, 50_000, 300_000, 700_000, 1_000_000])
        )
        network.lossPercentage = random.choice([0, 0, 3, 15])
        workers.earlyPercentage = random.choice([1, 20, 95])
        run.checkpointsKept = random.choice([1, 2, 3, .max])
        // Faulty workers among the first, and sound ones that come when some of the run is over.
        let runLength = calmDuration
        for slot in 0..<workers.count where random.chance(40) {
            workers.starts[slot] = random.duration(in: .zero...runLength)
        }
    }

    /// About how long the run takes if nothing goes wrong.
    var calmDuration: Duration {
        let sampleCount =
            run.schedule.epochCount
            * (run.schedule.trainingSampleCount + run.schedule.validationSampleCount)
            + run.schedule.testSampleCount
        let roundCount = run.schedule.stepCount + run.schedule.epochCount + 1
        let computing =
            workers.shardDuration * (sampleCount / Schedule.shardSampleCountMax) / workers.count
        return computing + (network.delay.lowerBound + network.delay.upperBound) * roundCount
            + .milliseconds(10)
    }

    /// By when a run must have ended: all of its shards four times, since some are compared and
    /// some asked for again, one after another on the slowest worker, every message as late as can
    /// be, and some silences; all that once more for each worker that is found wrong, for the run
    /// may go back to its beginning then.
    var timeMax: Duration {
        let roundCount = run.schedule.stepCount + run.schedule.epochCount + 1
        let once =
            calmDuration * (4 * workers.count * (workers.slowness.max() ?? 1))
            + network.delay.upperBound * (roundCount * 4) + silenceMax * 18
            + relayAllowance
        return faults.phase + once * (1 + workers.faultySlots.count) + .seconds(20)
    }

    private static func schedule(_ random: inout RandomStream) -> Schedule {
        let trainingSampleCount = random.number(in: 1...random.choice([40, 200, 600]))
        let stepsPerEpoch = random.number(in: 1...6)
        return Schedule(
            trainingSampleCount: trainingSampleCount,
            validationSampleCount: random.choice([0, random.number(in: 1...100)]),
            testSampleCount: random.choice([0, random.number(in: 1...100)]),
            batchSize: (trainingSampleCount + stepsPerEpoch - 1) / stepsPerEpoch,
            epochCount: random.number(in: 1...3)
        )
    }
}
