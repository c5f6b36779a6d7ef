import Testing
import TrainingProtocol

/// What becomes of second answers: one transcript an idea.
struct CoordinatorVerificationTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)

    /// A coordinator of two workers that has every shard computed twice; a step has two shards.
    ///
    /// - Parameter asked: what the operator asked for, if that picks none of the answers here.
    private func running(perMillion: Int = 1_000_000, asked: Int? = nil) -> Coordinator {
        var settings = Coordinator.Settings(
            stamp: Self.stamp,
            schedule: Schedule(
                trainingSampleCount: 320,
                validationSampleCount: 0,
                testSampleCount: 0,
                batchSize: 32,
                epochCount: 1
            ),
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: 2,
            stepsPerCheckpoint: 0
        )
        settings.verification = Verification(perMillion: asked ?? perMillion)
        var machine = Coordinator(settings: settings, position: Position())
        for worker in [anna, bert] { _ = machine.handle(hello(worker), at: .zero) }
        return machine
    }

    private func hello(_ worker: WorkerID) -> Coordinator.Event {
        .received(.hello(protocolVersion: protocolVersion), from: worker)
    }

    private func work(_ step: Int, _ index: Int) -> Work {
        let subtree = Subtree(level: 0, index: index)
        return Work(round: .step(index: step), subtree: subtree, version: step)
    }

    private func answer(
        _ machine: inout Coordinator,
        _ work: Work,
        _ worker: WorkerID
    ) -> [Coordinator.Action] {
        let message = WorkerMessage.answer(work, Self.stamp)
        return machine.handle(.received(message, from: worker), at: .milliseconds(1))
    }

    private func send(_ message: CoordinatorMessage, to worker: WorkerID) -> Coordinator.Action {
        .send(message, to: worker)
    }

    @Test func `closes a round only when every answer was compared`() {
        var machine = running()
        let first = [
            answer(&machine, work(0, 0), anna), answer(&machine, work(0, 1), bert),
        ]
        #expect(first[0].first == .accept(work(0, 0), isKept: true))
        #expect(first[1].first == .accept(work(0, 1), isKept: true))
        #expect(
            answer(&machine, work(0, 1), anna) == [
                .compare(work(0, 1), first: bert, second: anna)
            ]
        )
        #expect(
            machine.handle(.compared(work(0, 1), wrong: []), at: .zero) == [.forget(work(0, 1))]
        )
        #expect(machine.position.completedStepCount == 0)
        _ = answer(&machine, work(0, 0), bert)
        let last = machine.handle(.compared(work(0, 0), wrong: []), at: .zero)
        #expect(last.starts(with: [.forget(work(0, 0)), .applyStep(index: 0)]))
    }

    @Test func `turns a wrong worker away and begins the rounds anew that it has a part in`() {
        var machine = running()
        _ = answer(&machine, work(0, 0), anna)
        _ = answer(&machine, work(0, 1), bert)
        _ = answer(&machine, work(0, 0), bert)
        let actions = machine.handle(.compared(work(0, 0), wrong: [anna]), at: .zero)
        #expect(
            actions.starts(with: [
                .forget(work(0, 0)), .report(.workerDistrusted(anna, work(0, 0))),
                send(.dismissal(Self.stamp), to: anna),
                .report(.workerLost(anna, .distrusted, workerCount: 1)),
            ])
        )
        #expect(actions.contains(.discard(.step(index: 0))))
        #expect(machine.distrusted == [anna])
        #expect(machine.handle(hello(anna), at: .zero) == [send(.dismissal(Self.stamp), to: anna)])
        #expect(answer(&machine, work(0, 0), anna) == [send(.dismissal(Self.stamp), to: anna)])
    }

    @Test func `turns away whose answer was refuted before it was taken`() {
        var machine = running(perMillion: 0)
        _ = answer(&machine, work(0, 1), bert)
        let actions = machine.handle(.refuted(work(0, 0), anna), at: .zero)
        #expect(
            actions.starts(with: [
                .report(.workerDistrusted(anna, work(0, 0))),
                send(.dismissal(Self.stamp), to: anna),
                .report(.workerLost(anna, .distrusted, workerCount: 1)),
                send(.work(work(0, 0), Self.stamp), to: bert),
            ])
        )
        #expect(!actions.contains(.discard(.step(index: 0))))
        #expect(machine.handle(.refuted(work(0, 0), anna), at: .zero) == [])
        #expect(answer(&machine, work(0, 0), bert).contains(.applyStep(index: 0)))
    }

    @Test func `has the only worker's answers computed a second time at home`() {
        var machine = running()
        _ = machine.handle(.disconnected(bert), at: .zero)
        #expect(
            answer(&machine, work(0, 0), anna) == [
                .accept(work(0, 0), isKept: true), .recompute(work(0, 0), first: anna),
            ]
        )
        #expect(machine.handle(.compared(work(0, 0), wrong: []), at: .zero).count == 1)
        #expect(machine.position.completedStepCount == 0)
        _ = answer(&machine, work(0, 1), anna)
        let actions = machine.handle(.compared(work(0, 1), wrong: []), at: .zero)
        #expect(actions.contains(.applyStep(index: 0)))
    }

    @Test func `goes back when a round is over that has a wrong answer in it`() {
        var machine = running(perMillion: 0)
        _ = answer(&machine, work(0, 0), anna)
        // Bert lags, so Anna is asked too; both answer, she first.
        _ = machine.handle(.deadlineReached, at: .milliseconds(200))
        #expect(
            answer(&machine, work(0, 1), anna).starts(with: [
                .accept(work(0, 1), isKept: true), .applyStep(index: 0),
            ])
        )
        #expect(
            answer(&machine, work(0, 1), bert) == [
                .compare(work(0, 1), first: anna, second: bert)
            ]
        )
        let actions = machine.handle(.compared(work(0, 1), wrong: [anna]), at: .zero)
        #expect(actions.last == .findCheckpoint(before: Position()))
        let found = Coordinator.Event.foundCheckpoint(Position(), before: Position())
        #expect(
            machine.handle(found, at: .zero) == [
                send(.rejoin(Self.stamp), to: bert), .end(.corrupted(after: Position())),
            ]
        )
    }

    /// Bert alone answers a part of steps 0 to 2, then a part of step 3 that cannot be right.
    private func refuted(perMillion: Int) -> (Coordinator, [Coordinator.Action]) {
        var machine = running(perMillion: 0, asked: perMillion)
        for step in 0..<3 {
            for (index, worker) in [anna, bert].enumerated() {
                _ = answer(&machine, work(step, index), worker)
            }
        }
        let actions = machine.handle(.refuted(work(3, 1), bert), at: .milliseconds(1))
        return (machine, actions)
    }

    @Test func `looks for a checkpoint from before all that a wrong worker alone has answered`()
        throws
    {
        var (machine, actions) = refuted(perMillion: 0)
        #expect(actions.last == .findCheckpoint(before: Position()))
        // From step 1 on it would save something; from before step 0 it would not.
        let found = Coordinator.Event.foundCheckpoint(Position(), before: Position())
        let on = machine.handle(found, at: .milliseconds(1))
        let doubt = SoleAnswers(worker: bert, steps: try #require(StepRanges([0..<3])))
        #expect(on.contains(.report(.stepsInDoubt(doubt))))
        #expect(on.contains(.saveCheckpoint(Position(completedStepCount: 3))))
        #expect(machine.unverified == [doubt])
        #expect(machine.position.completedStepCount == 3)
        let standstill = machine.standstill
        #expect(standstill == nil)
    }

    @Test func `goes back for a doubt as far as the first step, where every answer is to be sure`()
    {
        var (machine, _) = refuted(perMillion: 1)
        let found = Coordinator.Event.foundCheckpoint(Position(), before: Position())
        #expect(
            machine.handle(found, at: .zero) == [
                send(.rejoin(Self.stamp), to: anna), .end(.corrupted(after: Position())),
            ]
        )
    }

    @Test func `goes on where no checkpoint is left to go back to`() {
        var (machine, _) = refuted(perMillion: 1)
        let none = Coordinator.Event.foundCheckpoint(nil, before: Position())
        let actions = machine.handle(none, at: .zero)
        #expect(actions.contains(.saveCheckpoint(Position(completedStepCount: 3))))
        #expect(machine.unverified.map(\.worker) == [bert])
        #expect(answer(&machine, work(3, 0), anna).isEmpty == false)
    }

    @Test func `goes back for a worker that joined late`() {
        var machine = running(perMillion: 0)
        _ = machine.handle(.disconnected(bert), at: .zero)
        for step in 0..<2 { for index in 0..<2 { _ = answer(&machine, work(step, index), anna) } }
        _ = machine.handle(hello(bert), at: .milliseconds(1))
        // Two steps are leased already, each as a whole.
        for step in 2..<4 {
            let whole = Subtree(level: 1, index: 0)
            let work = Work(round: .step(index: step), subtree: whole, version: step)
            _ = answer(&machine, work, anna)
        }
        for (index, worker) in [anna, bert].enumerated() {
            _ = answer(&machine, work(4, index), worker)
        }
        let actions = machine.handle(.refuted(work(5, 1), bert), at: .milliseconds(1))
        let before = Position(completedStepCount: 4)
        #expect(actions.last == .findCheckpoint(before: before), "\(actions)")
        let checkpoint = Position(completedStepCount: 2)
        let found = Coordinator.Event.foundCheckpoint(checkpoint, before: before)
        let last = machine.handle(found, at: .milliseconds(1)).last
        #expect(last == .end(.corrupted(after: before)))
    }

    @Test func `holds nothing against an answer that was confirmed`() {
        var machine = running(perMillion: 0)
        _ = answer(&machine, work(0, 0), anna)
        _ = machine.handle(.deadlineReached, at: .milliseconds(200))
        _ = answer(&machine, work(0, 1), anna)
        // She stands alone for shard 0 still, whatever becomes of shard 1.
        _ = answer(&machine, work(0, 1), bert)
        _ = machine.handle(.compared(work(0, 1), wrong: []), at: .zero)
        #expect(machine.soleAnswers.map(\.worker) == [anna])
        var verified = running()
        for index in 0..<2 {
            _ = answer(&verified, work(0, index), anna)
            _ = answer(&verified, work(0, index), bert)
            _ = verified.handle(.compared(work(0, index), wrong: []), at: .zero)
        }
        #expect(verified.position.completedStepCount == 1)
        #expect(verified.soleAnswers == [])
    }

    @Test func `names whoever holds a round up, once`() {
        var machine = running(perMillion: 0)
        for step in 0..<2 {
            for (index, worker) in [anna, bert].enumerated() {
                _ = answer(&machine, work(step, index), worker)
            }
        }
        _ = answer(&machine, work(2, 0), anna)
        let heartbeat = WorkerMessage.heartbeat(Self.stamp)
        _ = machine.handle(.received(heartbeat, from: bert), at: .milliseconds(1_501))
        let actions = machine.handle(.deadlineReached, at: .milliseconds(2_001))
        let notice = Coordinator.Notice.roundOverdue(
            .step(index: 2),
            lasting: .seconds(2),
            debts: [
                Coordinator.Debt(
                    worker: bert,
                    shards: 1..<2,
                    isBegun: true,
                    duration: .seconds(2),
                    silence: .milliseconds(500)
                )
            ]
        )
        #expect(actions.contains(.report(notice)), "\(actions)")
        let later = machine.handle(.deadlineReached, at: .seconds(4))
        #expect(!later.contains { if case .report(.roundOverdue) = $0 { true } else { false } })
    }

    @Test func `blames nobody who has just joined for a round that takes long`() {
        var machine = running(perMillion: 0)
        for step in 0..<2 {
            for (index, worker) in [anna, bert].enumerated() {
                _ = answer(&machine, work(step, index), worker)
            }
        }
        _ = answer(&machine, work(2, 0), anna)
        // Bert holds the round up, leaves, and comes back as another.
        _ = machine.handle(.disconnected(anna), at: .milliseconds(1_900))
        _ = machine.handle(.disconnected(bert), at: .milliseconds(1_900))
        _ = machine.handle(hello(WorkerID(rawValue: 0xC)), at: .milliseconds(1_950))
        let early = machine.handle(.deadlineReached, at: .milliseconds(2_001))
        #expect(!early.contains { if case .report(.roundOverdue) = $0 { true } else { false } })
        let late = machine.handle(.deadlineReached, at: .milliseconds(4_001))
        let debts = late.compactMap { action -> [Coordinator.Debt]? in
            if case .report(.roundOverdue(_, _, let debts)) = action { debts } else { nil }
        }
        #expect(debts.map { $0.map(\.worker.rawValue) } == [[0xC]])
        #expect(debts.first?.first?.duration == .milliseconds(2_051))
    }
}
