import Testing
import TrainingProtocol

/// The worker's machine, one transcript an idea.
struct WorkerTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let input = InputSettings(geometry: "pad", scale: "unit")
    private let hello = Worker.Action.send(.hello(protocolVersion: protocolVersion))

    private func work(_ step: Int, _ index: Int = 0) -> Work {
        Work(
            round: .step(index: step),
            subtree: Subtree(level: 0, index: index),
            version: step
        )
    }

    private func serving() -> Worker {
        var machine = Worker(settings: Worker.Settings(), at: .zero)
        _ = machine.handle(.connected, at: .zero)
        let actions = machine.handle(.received(.welcome(input, Self.stamp)), at: .zero)
        #expect(actions == [.prepare(input)])
        return machine
    }

    private func handle(
        _ machine: inout Worker,
        _ message: CoordinatorMessage,
        at now: Duration = .zero
    ) -> [Worker.Action] {
        machine.handle(.received(message), at: now)
    }

    @Test func `says hello again until it is welcome, and gives up after its patience`() {
        var machine = Worker(settings: Worker.Settings(), at: .zero)
        #expect(machine.nextDeadline == .zero)
        #expect(machine.handle(.deadlineReached, at: .zero) == [hello])
        #expect(machine.nextDeadline == .milliseconds(250))
        #expect(machine.handle(.deadlineReached, at: .milliseconds(249)) == [])
        #expect(machine.handle(.deadlineReached, at: .milliseconds(250)) == [hello])
        #expect(machine.handle(.deadlineReached, at: .seconds(600)) == [.end(.coordinatorMissing)])
        #expect(machine.nextDeadline == nil)
    }

    @Test func `computes once it has both samples and parameters, in either order`() {
        var machine = serving()
        #expect(handle(&machine, .work(work(0), Self.stamp)) == [.storeSamples(work(0))])
        #expect(
            handle(&machine, .parameters(version: 0, Self.stamp))
                == [.storeParameters(version: 0), .compute(work(0))]
        )
        #expect(
            machine.handle(.computed(work(0)), at: .zero) == [.send(.answer(work(0), Self.stamp))]
        )
        #expect(
            handle(&machine, .parameters(version: 1, Self.stamp)) == [.storeParameters(version: 1)]
        )
        #expect(
            handle(&machine, .work(work(1), Self.stamp))
                == [.storeSamples(work(1)), .compute(work(1))]
        )
    }

    @Test func `computes one piece at a time and keeps work that is ahead`() {
        var machine = serving()
        _ = handle(&machine, .parameters(version: 0, Self.stamp))
        _ = handle(&machine, .work(work(0, 0), Self.stamp))
        #expect(handle(&machine, .work(work(0, 1), Self.stamp)) == [.storeSamples(work(0, 1))])
        #expect(handle(&machine, .work(work(1), Self.stamp)) == [.storeSamples(work(1))])
        #expect(
            machine.handle(.computed(work(0, 0)), at: .zero)
                == [.send(.answer(work(0, 0), Self.stamp)), .compute(work(0, 1))]
        )
        #expect(
            machine.handle(.computed(work(0, 1)), at: .zero)
                == [.send(.answer(work(0, 1), Self.stamp))]
        )
    }

    @Test func `gives no answer that was computed with parameters that were written over`() {
        var machine = serving()
        _ = handle(&machine, .parameters(version: 0, Self.stamp))
        _ = handle(&machine, .work(work(0, 0), Self.stamp))
        _ = handle(&machine, .work(work(0, 1), Self.stamp))
        #expect(machine.handle(.overtaken(work(0, 1)), at: .zero) == [])
        // What else was to be computed with them waits until they come again, if they do.
        #expect(machine.handle(.overtaken(work(0, 0)), at: .zero) == [])
        #expect(
            handle(&machine, .parameters(version: 0, Self.stamp))
                == [.storeParameters(version: 0), .compute(work(0, 1))]
        )
        #expect(
            machine.handle(.computed(work(0, 1)), at: .zero)
                == [.send(.answer(work(0, 1), Self.stamp))]
        )
    }

    @Test func `sends a segment ahead of the answer that it is computing, and of no other`() {
        var machine = serving()
        _ = handle(&machine, .parameters(version: 0, Self.stamp))
        _ = handle(&machine, .work(work(0, 0), Self.stamp))
        #expect(
            machine.handle(.computedEarlySegment(work(0, 0)), at: .zero)
                == [.send(.earlySegment(work(0, 0), Self.stamp))]
        )
        #expect(machine.handle(.computedEarlySegment(work(0, 1)), at: .zero) == [])
        #expect(
            machine.handle(.computed(work(0, 0)), at: .zero)
                == [.send(.answer(work(0, 0), Self.stamp))]
        )
        #expect(machine.handle(.computedEarlySegment(work(0, 0)), at: .zero) == [])
    }

    @Test func `tells which work comes next while it waits for parameters`() {
        var machine = serving()
        #expect(machine.nextWork == nil)
        _ = handle(&machine, .work(work(0), Self.stamp))
        _ = handle(&machine, .work(work(1), Self.stamp))
        #expect(machine.nextWork == work(0))
        _ = handle(&machine, .parameters(version: 0, Self.stamp))
        #expect(machine.nextWork == nil)
        _ = machine.handle(.computed(work(0)), at: .zero)
        #expect(machine.nextWork == work(1))
    }

    @Test func `takes work once that it is leased again while it holds it`() {
        var machine = serving()
        _ = handle(&machine, .work(work(0), Self.stamp))
        #expect(handle(&machine, .work(work(0), Self.stamp)) == [])
        _ = handle(&machine, .parameters(version: 0, Self.stamp))
        #expect(handle(&machine, .work(work(0), Self.stamp)) == [])
        #expect(
            machine.handle(.computed(work(0)), at: .zero) == [.send(.answer(work(0), Self.stamp))]
        )
    }

    @Test func `says one hello however often it is asked to`() {
        var machine = serving()
        #expect(handle(&machine, .rejoin(Self.stamp)) == [hello])
        #expect(handle(&machine, .rejoin(Self.stamp)) == [])
        #expect(machine.nextDeadline == .milliseconds(250))
    }

    @Test func `drops work that newer parameters have overtaken`() {
        var machine = serving()
        _ = handle(&machine, .work(work(0), Self.stamp))
        #expect(
            handle(&machine, .parameters(version: 1, Self.stamp))
                == [.storeParameters(version: 1), .discardSamples(work(0))]
        )
        #expect(handle(&machine, .work(work(0), Self.stamp)) == [])
        #expect(handle(&machine, .parameters(version: 1, Self.stamp)) == [])
        #expect(handle(&machine, .parameters(version: 0, Self.stamp)) == [])
    }

    @Test func `takes nothing of another start of the coordinator`() {
        var machine = serving()
        let other = RunStamp(run: 1, generation: 3)
        let before = machine
        #expect(handle(&machine, .work(work(0), other)) == [])
        #expect(handle(&machine, .parameters(version: 0, other)) == [])
        #expect(handle(&machine, .heartbeat(other), at: .seconds(5)) == [])
        #expect(machine == before)
    }

    @Test func `shows that it lives while it has nothing to say`() {
        var machine = serving()
        #expect(machine.nextDeadline == .seconds(1))
        #expect(
            machine.handle(.deadlineReached, at: .seconds(1)) == [.send(.heartbeat(Self.stamp))]
        )
        #expect(machine.nextDeadline == .seconds(2))
    }

    @Test func `starts afresh when the coordinator is silent, gone or does not know it`() {
        for event in [Worker.Event.deadlineReached, .disconnected, .received(.rejoin(Self.stamp))] {
            var machine = serving()
            _ = handle(&machine, .work(work(0), Self.stamp))
            #expect(machine.handle(event, at: .seconds(10)) == [hello], "\(event)")
            #expect(handle(&machine, .parameters(version: 0, Self.stamp)) == [], "\(event)")
            #expect(machine.handle(.computed(work(0)), at: .seconds(10)) == [], "\(event)")
            #expect(
                handle(&machine, .welcome(input, RunStamp(run: 1, generation: 3)))
                    == [.prepare(input)]
            )
        }
    }

    @Test func `ends when the run is over, when it is refused and when it is asked to`() {
        var finished = serving()
        #expect(
            handle(&finished, .finish(Self.stamp)) == [.send(.goodbye), .end(.finished)]
        )
        #expect(handle(&finished, .work(work(0), Self.stamp)) == [])
        var refused = Worker(settings: Worker.Settings(), at: .zero)
        #expect(
            handle(&refused, .refusal(protocolVersion: 9)) == [.end(.refused(protocolVersion: 9))]
        )
        var left = serving()
        #expect(machineLeaves(&left) == [.send(.goodbye), .end(.left)])
    }

    private func machineLeaves(_ machine: inout Worker) -> [Worker.Action] {
        machine.handle(.leaveRequested, at: .zero)
    }
}
