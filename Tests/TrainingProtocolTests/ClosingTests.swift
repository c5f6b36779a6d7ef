import Testing

@testable import TrainingProtocol

/// How workers take leave at the end.
struct ClosingTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)

    /// The end of a run with two workers, and what it begins with.
    private func closing() -> (Closing, [Coordinator.Action]) {
        let settings = Coordinator.Settings(
            stamp: Self.stamp,
            schedule: Schedule(
                trainingSampleCount: 16,
                validationSampleCount: 0,
                testSampleCount: 0,
                batchSize: 16,
                epochCount: 1
            ),
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: 1,
            stepsPerCheckpoint: 0
        )
        var roster = Roster(settings)
        for worker in [anna, bert] { roster.add(worker, pace: nil, at: .zero) }
        var actions: [Coordinator.Action] = []
        let closing = Closing(.stopped, of: roster, settings, at: .seconds(7), into: &actions)
        return (closing, actions)
    }

    @Test func `tells every worker that its part is over and gives it two seconds`() {
        let (closing, actions) = closing()
        let finish = CoordinatorMessage.finish(Self.stamp)
        #expect(actions == [.send(finish, to: anna), .send(finish, to: bert)])
        #expect(closing.deadline == .seconds(9))
    }

    @Test func `ends with the last worker that takes leave or is lost`() {
        var (closing, _) = closing()
        var actions: [Coordinator.Action] = []
        closing.received(.goodbye, from: anna, into: &actions)
        #expect(closing.next(into: &actions) == .closing(closing))
        #expect(actions == [])
        closing.lose(bert)
        #expect(closing.next(into: &actions) == .ended)
        #expect(actions == [.end(.stopped)])
    }

    @Test func `tells once more who may have missed it, and who comes too late`() {
        var (closing, _) = closing()
        var actions: [Coordinator.Action] = []
        let carl = WorkerID(rawValue: 0xC)
        closing.received(.heartbeat(Self.stamp), from: anna, into: &actions)
        closing.received(.hello(protocolVersion: protocolVersion), from: carl, into: &actions)
        let finish = CoordinatorMessage.finish(Self.stamp)
        #expect(actions == [.send(finish, to: anna), .send(finish, to: carl)])
        #expect(closing.workers == [anna, bert])
    }
}
