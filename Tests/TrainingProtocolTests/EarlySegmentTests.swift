import Testing
import TrainingProtocol

/// What becomes of the fully connected segments that come ahead of their answers.
struct EarlySegmentTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)

    /// A coordinator with two workers, a shard of each step for each.
    private func running(verification: Verification = .none) -> Coordinator {
        var settings = Coordinator.Settings(
            stamp: Self.stamp,
            schedule: Schedule(
                trainingSampleCount: 160,
                validationSampleCount: 0,
                testSampleCount: 0,
                batchSize: 32,
                epochCount: 1
            ),
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: 2,
            stepsPerCheckpoint: 0
        )
        settings.verification = verification
        var machine = Coordinator(settings: settings, position: Position())
        for worker in [anna, bert] {
            let hello = WorkerMessage.hello(protocolVersion: protocolVersion)
            _ = machine.handle(.received(hello, from: worker), at: .zero)
        }
        return machine
    }

    private func work(_ index: Int, step: Int = 0) -> Work {
        Work(
            round: .step(index: step),
            subtree: Subtree(level: 0, index: index),
            version: step
        )
    }

    private func early(
        _ machine: inout Coordinator,
        _ work: Work,
        _ worker: WorkerID
    ) -> [Coordinator.Action] {
        machine.handle(.received(.earlySegment(work, Self.stamp), from: worker), at: .zero)
    }

    private func answer(
        _ machine: inout Coordinator,
        _ work: Work,
        _ worker: WorkerID,
        at now: Duration = .zero
    ) -> [Coordinator.Action] {
        machine.handle(.received(.answer(work, Self.stamp), from: worker), at: now)
    }

    @Test func `applies the segment once every shard has one, before the answers`() {
        var machine = running()
        #expect(early(&machine, work(0), anna) == [.acceptEarlySegment(work(0))])
        #expect(
            early(&machine, work(1), bert)
                == [.acceptEarlySegment(work(1)), .applyEarlySegment(index: 0)]
        )
        #expect(answer(&machine, work(0), anna) == [.accept(work(0), isKept: false)])
        let last = answer(&machine, work(1), bert)
        #expect(last.starts(with: [.accept(work(1), isKept: false), .applyStep(index: 0)]))
    }

    @Test func `applies it when an answer brings the last segment`() {
        var machine = running()
        _ = early(&machine, work(0), anna)
        #expect(
            answer(&machine, work(1), bert)
                == [.accept(work(1), isKept: false), .applyEarlySegment(index: 0)]
        )
    }

    @Test func `leaves it to the step where an answer completes both`() {
        var machine = running()
        _ = early(&machine, work(0), anna)
        _ = answer(&machine, work(0), anna)
        let last = answer(&machine, work(1), bert)
        #expect(!last.contains(.applyEarlySegment(index: 0)))
        #expect(last.contains(.applyStep(index: 0)))
    }

    @Test func `takes none twice, of another step, of a stranger, or that nobody asked for`() {
        var machine = running()
        _ = early(&machine, work(0), anna)
        #expect(early(&machine, work(0), anna) == [])
        #expect(early(&machine, work(1), anna) == [])
        #expect(early(&machine, work(1, step: 1), bert) == [])
        let stranger = WorkerID(rawValue: 0xC)
        #expect(early(&machine, work(1), stranger) == [.send(.rejoin(Self.stamp), to: stranger)])
    }

    @Test func `takes none of work that is compared before it counts`() {
        var machine = running(verification: Verification(perMillion: 1_000_000))
        #expect(early(&machine, work(0), anna) == [])
    }

    @Test func `begins a step anew that a worker found wrong has sent a segment of`() {
        var machine = running()
        _ = answer(&machine, work(0), anna)
        #expect(early(&machine, work(1), bert).contains(.applyEarlySegment(index: 0)))
        let actions = machine.handle(.refuted(work(1), bert), at: .zero)
        #expect(actions.contains(.discard(.step(index: 0))))
    }

    /// Bert stands still after its segment was applied, anna computes its shard too, and bert's
    /// late answer is found wrong: so may have been its segment.
    @Test func `goes back when the segment of a worker found wrong has counted`() {
        var machine = running()
        _ = answer(&machine, work(0), anna, at: .milliseconds(10))
        #expect(early(&machine, work(1), bert).contains(.applyEarlySegment(index: 0)))
        var now = Duration.milliseconds(10)
        while let deadline = machine.nextDeadline, deadline < .seconds(10) {
            now = max(now, deadline)
            let actions = machine.handle(.deadlineReached, at: now)
            if actions.contains(.send(.work(work(1), Self.stamp), to: anna)) { break }
            for worker in [anna, bert] {
                let beat = WorkerMessage.heartbeat(Self.stamp)
                _ = machine.handle(.received(beat, from: worker), at: now)
            }
        }
        let closing = answer(&machine, work(1), anna, at: now)
        #expect(closing.starts(with: [.accept(work(1), isKept: true), .applyStep(index: 0)]))
        #expect(
            answer(&machine, work(1), bert, at: now)
                == [.compare(work(1), first: anna, second: bert)]
        )
        // Anna's answer confirms nothing of his segment, which has counted.
        #expect(machine.soleAnswers.map(\.worker) == [anna, bert])
        let verdict = machine.handle(.compared(work(1), wrong: [bert]), at: now)
        #expect(verdict.last == .findCheckpoint(before: Position()))
        let found = Coordinator.Event.foundCheckpoint(Position(), before: Position())
        let last = machine.handle(found, at: .zero).last
        #expect(last == .end(.corrupted(after: Position())))
    }
}
