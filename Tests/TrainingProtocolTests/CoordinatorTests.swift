import Testing
import TrainingProtocol

/// The coordinator's machine, one transcript an idea.
struct CoordinatorTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)

    /// Three steps of two shards, four validation shards, one test shard.
    private func coordinator(workerCountMin: Int = 1, stepsPerCheckpoint: Int = 0) -> Coordinator {
        Coordinator(
            settings: Coordinator.Settings(
                stamp: Self.stamp,
                schedule: Schedule(
                    trainingSampleCount: 96,
                    validationSampleCount: 64,
                    testSampleCount: 16,
                    batchSize: 32,
                    epochCount: 1
                ),
                input: InputSettings(geometry: "pad", scale: "unit"),
                workerCountMin: workerCountMin,
                stepsPerCheckpoint: stepsPerCheckpoint
            ),
            position: Position()
        )
    }

    private func work(_ step: Int, _ level: Int, _ index: Int) -> Work {
        Work(
            round: .step(index: step),
            subtree: Subtree(level: level, index: index),
            version: step
        )
    }

    private func answer(_ work: Work, _ stamp: RunStamp = stamp) -> WorkerMessage {
        .answer(work, stamp)
    }

    private func hello() -> WorkerMessage { .hello(protocolVersion: protocolVersion) }

    private func welcome(_ worker: WorkerID) -> Coordinator.Action {
        .send(.welcome(InputSettings(geometry: "pad", scale: "unit"), Self.stamp), to: worker)
    }

    @Test func `waits until enough workers have come`() {
        var machine = coordinator(workerCountMin: 2)
        #expect(machine.nextDeadline == nil)
        let first = machine.handle(.received(hello(), from: anna), at: .zero)
        #expect(
            first == [
                welcome(anna), .report(.workerJoined(anna, workerCount: 1)),
                .report(.waitingForWorkers(workerCount: 1, needed: 2)),
            ]
        )
        let second = machine.handle(.received(hello(), from: bert), at: .zero)
        #expect(
            second == [
                welcome(bert), .report(.workerJoined(bert, workerCount: 2)),
                .send(.work(work(0, 0, 0), Self.stamp), to: anna),
                .send(.work(work(0, 0, 1), Self.stamp), to: bert),
                .send(.work(work(1, 0, 0), Self.stamp), to: anna),
                .send(.work(work(1, 0, 1), Self.stamp), to: bert),
                .send(.parameters(version: 0, Self.stamp), to: anna),
                .send(.parameters(version: 0, Self.stamp), to: bert),
            ]
        )
    }

    @Test func `gives one worker whole batches, the next one ahead of its parameters`() {
        var machine = coordinator()
        let actions = machine.handle(.received(hello(), from: anna), at: .zero)
        #expect(
            actions.dropFirst(2) == [
                .send(.work(work(0, 1, 0), Self.stamp), to: anna),
                .send(.work(work(1, 1, 0), Self.stamp), to: anna),
                .send(.parameters(version: 0, Self.stamp), to: anna),
            ]
        )
        let next = machine.handle(.received(answer(work(0, 1, 0)), from: anna), at: .zero)
        #expect(
            next == [
                .accept(work(0, 1, 0), isKept: false), .applyStep(index: 0),
                .send(.parameters(version: 1, Self.stamp), to: anna),
                .send(.work(work(2, 1, 0), Self.stamp), to: anna),
            ]
        )
        #expect(machine.position == Position(completedStepCount: 1))
    }

    @Test func `takes no answer that its worker was not asked for, or that comes too early`() {
        var machine = coordinator(workerCountMin: 2)
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        _ = machine.handle(.received(hello(), from: bert), at: .zero)
        // Bert's shard, all shards at once, a subtree above the root, and one of her own of a step
        // whose parameters are not there.
        for invalid in [work(0, 0, 1), work(0, 1, 0), work(0, 20, 0), work(1, 0, 0)] {
            #expect(machine.handle(.received(answer(invalid), from: anna), at: .zero) == [])
        }
        let works = [work(0, 0, 0), work(0, 0, 1), work(1, 0, 0)]
        #expect(works.map { machine.awaits($0, from: anna) } == [true, false, false])
        #expect(
            machine.handle(.received(answer(work(0, 0, 1)), from: bert), at: .zero) == [
                .accept(work(0, 0, 1), isKept: false)
            ]
        )
    }

    @Test func `drops a second answer, one of another step and one of another start`() {
        var machine = coordinator(workerCountMin: 2)
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        _ = machine.handle(.received(hello(), from: bert), at: .zero)
        let mine = answer(work(0, 0, 0))
        #expect(
            machine.handle(.received(mine, from: anna), at: .zero) == [
                .accept(work(0, 0, 0), isKept: false)
            ]
        )
        let before = machine
        #expect(machine.handle(.received(mine, from: anna), at: .zero) == [])
        #expect(machine.handle(.received(mine, from: bert), at: .zero) == [])
        #expect(machine.handle(.received(answer(work(2, 0, 1)), from: bert), at: .zero) == [])
        #expect(machine == before)
        let rejoin: [Coordinator.Action] = [.send(.rejoin(Self.stamp), to: bert)]
        let other = RunStamp(run: 1, generation: 3)
        #expect(
            machine.handle(.received(answer(work(0, 0, 1), other), from: bert), at: .zero)
                == rejoin
        )
        #expect(machine == before)
    }

    @Test func `takes the late answer of a worker that it gave up for lost`() {
        var machine = coordinator()
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        _ = machine.handle(.deadlineReached, at: .seconds(10))
        #expect(machine.workerCount == 0)
        let late = machine.handle(.received(answer(work(0, 1, 0)), from: anna), at: .seconds(11))
        #expect(
            late == [
                .send(.rejoin(Self.stamp), to: anna), .accept(work(0, 1, 0), isKept: false),
                .applyStep(index: 0),
            ]
        )
    }

    @Test func `gives a lost worker's shards to another within the step`() {
        var machine = coordinator(workerCountMin: 2)
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        _ = machine.handle(.received(hello(), from: bert), at: .zero)
        let actions = machine.handle(.disconnected(bert), at: .zero)
        #expect(
            actions == [
                .report(.workerLost(bert, .disconnected, workerCount: 1)),
                .send(.work(work(0, 0, 1), Self.stamp), to: anna),
                .send(.work(work(1, 0, 1), Self.stamp), to: anna),
            ]
        )
        _ = machine.handle(.received(answer(work(0, 0, 0)), from: anna), at: .zero)
        let done = machine.handle(.received(answer(work(0, 0, 1)), from: anna), at: .zero)
        #expect(done.starts(with: [.accept(work(0, 0, 1), isKept: false), .applyStep(index: 0)]))
    }

    @Test func `counts a worker as lost once it is silent for too long`() {
        var machine = coordinator(workerCountMin: 2)
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        _ = machine.handle(.received(hello(), from: bert), at: .seconds(8))
        let actions = machine.handle(.deadlineReached, at: .seconds(10))
        #expect(actions.first == .report(.workerLost(anna, .silent, workerCount: 1)))
        #expect(actions.last == .send(.heartbeat(Self.stamp), to: bert))
        #expect(machine.nextDeadline == .seconds(11))
    }

    @Test func `takes a worker that says hello again as a new one`() {
        var machine = coordinator()
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        let actions = machine.handle(.received(hello(), from: anna), at: .zero)
        #expect(
            actions == [
                .report(.workerLost(anna, .rejoined, workerCount: 0)), welcome(anna),
                .report(.workerJoined(anna, workerCount: 1)),
                .send(.work(work(0, 1, 0), Self.stamp), to: anna),
                .send(.work(work(1, 1, 0), Self.stamp), to: anna),
                .send(.parameters(version: 0, Self.stamp), to: anna),
            ]
        )
    }

    @Test func `turns away a worker of another protocol`() {
        var machine = coordinator()
        let actions = machine.handle(.received(.hello(protocolVersion: 99), from: anna), at: .zero)
        #expect(
            actions == [
                .report(.workerRefused(anna, protocolVersion: 99)),
                .send(.refusal(protocolVersion: protocolVersion), to: anna),
            ]
        )
        #expect(machine.workerCount == 0)
    }

    @Test func `stops with a checkpoint and lets the workers leave`() {
        var machine = coordinator()
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        let actions = machine.handle(.stopRequested, at: .seconds(1))
        #expect(
            actions == [.saveCheckpoint(Position()), .send(.finish(Self.stamp), to: anna)]
        )
        #expect(machine.handle(.stopRequested, at: .seconds(1)) == [])
        #expect(
            machine.handle(.received(.goodbye, from: anna), at: .seconds(1)) == [.end(.stopped)]
        )
        #expect(machine.nextDeadline == nil)
    }

    @Test func `ends without the goodbye of a worker that hangs`() {
        var machine = coordinator()
        _ = machine.handle(.received(hello(), from: anna), at: .zero)
        _ = machine.handle(.stopRequested, at: .seconds(1))
        #expect(machine.nextDeadline == .seconds(3))
        #expect(machine.handle(.deadlineReached, at: .milliseconds(2_999)) == [])
        #expect(
            machine.handle(.deadlineReached, at: .seconds(3)) == [.end(.stopped)]
        )
    }

    @Test func `stops at once while nobody has joined`() {
        var machine = coordinator()
        #expect(
            machine.handle(.stopRequested, at: .zero)
                == [.saveCheckpoint(Position()), .end(.stopped)]
        )
    }
}
