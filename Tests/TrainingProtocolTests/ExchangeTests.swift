import Testing
import TrainingProtocol

/// The two machines against each other, without any transport: messages are handed over in an order
/// that a seed draws, and each worker "computes" at once.
struct ExchangeTests {
    /// One coordinator and its workers, and the messages under way between them.
    private struct Exchange {
        var coordinator: Coordinator
        var workers: [Worker] = []
        var toWorker: [[CoordinatorMessage]] = []
        var toCoordinator: [[WorkerMessage]] = []
        var accepted: [Round: [Int]] = [:]
        var log: [String] = []
        var outcome: Coordinator.Outcome?
        var random: SplitMix

        let schedule: Schedule

        init(schedule: Schedule, workerCount: Int, seed: UInt64, position: Position = Position()) {
            self.schedule = schedule
            random = SplitMix(state: seed)
            coordinator = Coordinator(
                settings: Coordinator.Settings(
                    stamp: RunStamp(run: 7, generation: 8),
                    schedule: schedule,
                    input: InputSettings(geometry: "pad", scale: "unit"),
                    workerCountMin: workerCount,
                    stepsPerCheckpoint: 3
                ),
                position: position
            )
            for _ in 0..<workerCount { addWorker() }
        }

        mutating func addWorker() {
            workers.append(Worker(settings: Worker.Settings(), at: .zero))
            toWorker.append([])
            toCoordinator.append([])
            tell(workers.count - 1, .connected)
        }

        mutating func tell(_ index: Int, _ event: Worker.Event) {
            for action in workers[index].handle(event, at: .zero) {
                switch action {
                case .send(let message): toCoordinator[index].append(message)
                case .compute(let work): tell(index, .computed(work))
                case .prepare, .storeSamples, .storeParameters, .discardSamples, .end: break
                }
            }
        }

        mutating func tellCoordinator(_ event: Coordinator.Event) {
            for action in coordinator.handle(event, at: .zero) {
                switch action {
                case .send(let message, let worker):
                    toWorker[Int(worker.rawValue)].append(message)
                case .accept(let work, _):
                    let shards = work.subtree.shards(of: schedule.shardCount(of: work.round))
                    accepted[work.round, default: []] += shards
                case .applyStep(let index): log.append("step \(index)")
                case .recordEpoch(let index): log.append("epoch \(index)")
                case .recordTest: log.append("test")
                case .saveCheckpoint(let position):
                    log.append("save \(position.completedStepCount)")
                case .compare(let work, _, _), .recompute(let work, _):
                    tellCoordinator(.compared(work, wrong: []))
                case .findCheckpoint(let position):
                    tellCoordinator(.foundCheckpoint(nil, before: position))
                case .report, .forget, .discard, .acceptEarlySegment, .applyEarlySegment: break
                case .end(let outcome): self.outcome = outcome
                }
            }
        }

        /// Hands over one message of a random connection; false when nothing is under way.
        mutating func step() -> Bool {
            let busy = toWorker.indices.flatMap { index in
                (toWorker[index].isEmpty ? [] : [(index, true)])
                    + (toCoordinator[index].isEmpty ? [] : [(index, false)])
            }
            guard !busy.isEmpty else { return false }
            let (index, isDown) = busy[Int(random.next() % UInt64(busy.count))]
            if isDown {
                tell(index, .received(toWorker[index].removeFirst()))
            } else {
                let message = toCoordinator[index].removeFirst()
                tellCoordinator(.received(message, from: WorkerID(rawValue: UInt64(index))))
            }
            return true
        }

        /// A worker dies: what was under way to and from it is lost with it.
        mutating func kill(_ index: Int) {
            toWorker[index] = []
            toCoordinator[index] = []
            tellCoordinator(.disconnected(WorkerID(rawValue: UInt64(index))))
        }
    }

    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            return mixed ^ (mixed >> 31)
        }
    }

    private func schedule(batchSize: Int) -> Schedule {
        Schedule(
            trainingSampleCount: 200,
            validationSampleCount: 50,
            testSampleCount: 300,
            batchSize: batchSize,
            epochCount: 2
        )
    }

    private func expectEveryShardOnce(_ exchange: Exchange, _ comment: Comment) {
        for (round, shards) in exchange.accepted {
            let expected = Array(0..<exchange.schedule.shardCount(of: round))
            #expect(shards.sorted() == expected, comment)
        }
        let schedule = exchange.schedule
        #expect(exchange.accepted.count == schedule.stepCount + schedule.epochCount + 1, comment)
        #expect(exchange.outcome == .completed, comment)
    }

    @Test func `completes every round with each shard once, for any number of workers`() {
        for batchSize in [16, 48, 128, 200] {
            for workerCount in 1...6 {
                for seed in 0..<UInt64(5) {
                    var exchange = Exchange(
                        schedule: schedule(batchSize: batchSize),
                        workerCount: workerCount,
                        seed: seed
                    )
                    while exchange.step() {}
                    expectEveryShardOnce(
                        exchange,
                        "batch \(batchSize), \(workerCount) workers, seed \(seed)"
                    )
                }
            }
        }
    }

    @Test func `applies the steps in order and saves where it is due`() {
        var exchange = Exchange(schedule: schedule(batchSize: 50), workerCount: 2, seed: 1)
        while exchange.step() {}
        #expect(
            exchange.log == [
                "step 0", "step 1", "step 2", "save 3", "step 3", "epoch 0", "save 4",
                "step 4", "step 5", "save 6", "step 6", "step 7", "epoch 1", "save 8", "test",
            ]
        )
    }

    @Test func `loses nothing when workers die and others join at any moment`() {
        for seed in 0..<UInt64(60) {
            var exchange = Exchange(schedule: schedule(batchSize: 128), workerCount: 3, seed: seed)
            var handed = 0
            var living = [0, 1, 2]
            while exchange.step() {
                handed += 1
                guard handed % 29 == 0, handed < 400, exchange.outcome == nil else { continue }
                exchange.kill(living.removeFirst())
                exchange.addWorker()
                living.append(exchange.workers.count - 1)
            }
            expectEveryShardOnce(exchange, "seed \(seed)")
        }
    }

    @Test func `goes on from the middle of an epoch`() {
        let position = Position(completedStepCount: 6, recordedEpochCount: 1)
        var exchange = Exchange(
            schedule: schedule(batchSize: 50),
            workerCount: 2,
            seed: 3,
            position: position
        )
        while exchange.step() {}
        #expect(exchange.log == ["step 6", "step 7", "epoch 1", "save 8", "test"])
    }
}
