import Testing
import TrainingProtocol

/// Epochs that are judged: the machine makes no step before the verdict.
struct CoordinatorVerdictTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let anna = WorkerID(rawValue: 0xA)

    /// Two epochs of one step of one shard, a validation and a test of one shard each, judged, with
    /// a worker that has joined.
    private func coordinator() -> Coordinator {
        var settings = Coordinator.Settings(
            stamp: Self.stamp,
            schedule: Schedule(
                trainingSampleCount: 16,
                validationSampleCount: 16,
                testSampleCount: 16,
                batchSize: 16,
                epochCount: 2
            ),
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: 1,
            stepsPerCheckpoint: 0
        )
        settings.schedule.judgesEpochs = true
        var machine = Coordinator(settings: settings, position: Position())
        let hello = WorkerMessage.hello(protocolVersion: protocolVersion)
        _ = machine.handle(.received(hello, from: anna), at: .zero)
        return machine
    }

    private func answer(_ machine: inout Coordinator, _ round: Round, version: Int)
        -> [Coordinator.Action]
    {
        let work = Work(round: round, subtree: Subtree(level: 0, index: 0), version: version)
        return machine.handle(.received(.answer(work, Self.stamp), from: anna), at: .zero)
    }

    private func validated(_ machine: inout Coordinator) {
        _ = answer(&machine, .step(index: 0), version: 0)
        let actions = answer(&machine, .validation(epochIndex: 0), version: 1)
        #expect(actions.contains(.recordEpoch(index: 0)))
        // The step is there before the verdict, and is not made.
        let early = answer(&machine, .step(index: 1), version: 1)
        #expect(early.contains { if case .accept = $0 { true } else { false } })
        #expect(!early.contains(.applyStep(index: 1)))
        #expect(machine.position == Position(completedStepCount: 1, recordedEpochCount: 1))
    }

    @Test func `goes on with the step that is there when the epoch is not enough`() {
        var machine = coordinator()
        validated(&machine)
        let actions = machine.handle(.judged(isEnough: false), at: .zero)
        #expect(actions.contains(.applyStep(index: 1)))
        #expect(!actions.contains(.discard(.step(index: 1))))
    }

    @Test func `drops the step that is there and tests when the epoch is enough`() {
        var machine = coordinator()
        validated(&machine)
        let actions = machine.handle(.judged(isEnough: true), at: .zero)
        #expect(actions.contains(.discard(.step(index: 1))))
        #expect(!actions.contains(.applyStep(index: 1)))
        let test = Work(round: .test, subtree: Subtree(level: 0, index: 0), version: 1)
        #expect(actions.contains(.send(.work(test, Self.stamp), to: anna)))
        // A late answer changes nothing, and the test's ends the run.
        #expect(answer(&machine, .step(index: 1), version: 1) == [])
        let last = answer(&machine, .test, version: 1)
        #expect(last.contains(.recordTest))
        #expect(machine.isClosing)
    }

    @Test func `takes a verdict that nobody waits for as none`() {
        var machine = coordinator()
        #expect(machine.handle(.judged(isEnough: true), at: .zero) == [])
        _ = answer(&machine, .step(index: 0), version: 0)
        #expect(machine.handle(.judged(isEnough: true), at: .zero) == [])
    }
}
