import Testing
import TrainingProtocol

/// How long leases last, who is asked again and who is asked too: one transcript an idea.
struct CoordinatorLeasesTests {
    private static let stamp = RunStamp(run: 1, generation: 2)
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)
    private let carl = WorkerID(rawValue: 0xC)

    /// A coordinator whose `workers` have all joined at time zero; each step has `shardCount`
    /// shards.
    private func running(
        _ workers: [WorkerID],
        shardCount: Int,
        stepCount: Int = 5,
        workerCountMin: Int? = nil,
        workerCountAtOnce: Int = .max
    ) -> Coordinator {
        var settings = Coordinator.Settings(
            stamp: Self.stamp,
            schedule: Schedule(
                trainingSampleCount: shardCount * 16 * stepCount,
                validationSampleCount: 0,
                testSampleCount: 0,
                batchSize: shardCount * 16,
                epochCount: 1
            ),
            input: InputSettings(geometry: "pad", scale: "unit"),
            workerCountMin: workerCountMin ?? workers.count,
            stepsPerCheckpoint: 0
        )
        settings.workerCountAtOnce = workerCountAtOnce
        var machine = Coordinator(settings: settings, position: Position())
        for worker in workers {
            let hello = WorkerMessage.hello(protocolVersion: protocolVersion)
            _ = machine.handle(.received(hello, from: worker), at: .zero)
        }
        return machine
    }

    private func work(_ step: Int, _ level: Int, _ index: Int) -> Work {
        Work(
            round: .step(index: step),
            subtree: Subtree(level: level, index: index),
            version: step
        )
    }

    private func answer(
        _ machine: inout Coordinator,
        _ work: Work,
        _ worker: WorkerID,
        at milliseconds: Int
    ) -> [Coordinator.Action] {
        let message = WorkerMessage.answer(work, Self.stamp)
        return machine.handle(.received(message, from: worker), at: .milliseconds(milliseconds))
    }

    private func send(_ work: Work, to worker: WorkerID) -> Coordinator.Action {
        .send(.work(work, Self.stamp), to: worker)
    }

    private func parameters(_ version: Int, to worker: WorkerID) -> Coordinator.Action {
        .send(.parameters(version: version, Self.stamp), to: worker)
    }

    @Test func `gives an overdue lease to an idle worker too and takes the first answer`() {
        var machine = running([anna, bert], shardCount: 2)
        _ = answer(&machine, work(0, 0, 0), anna, at: 100)
        _ = answer(&machine, work(0, 0, 1), bert, at: 100)
        #expect(
            answer(&machine, work(1, 0, 0), anna, at: 200) == [
                .accept(work(1, 0, 0), isKept: false)
            ]
        )
        // Bert has shown 100 ms with a deviation of 50.
        #expect(machine.nextDeadline == .milliseconds(400))
        #expect(
            machine.handle(.deadlineReached, at: .milliseconds(400)) == [
                send(work(1, 0, 1), to: bert), parameters(1, to: bert),
                send(work(1, 0, 1), to: anna),
            ]
        )
        let first = answer(&machine, work(1, 0, 1), anna, at: 500)
        #expect(first.starts(with: [.accept(work(1, 0, 1), isKept: true), .applyStep(index: 1)]))
        #expect(
            answer(&machine, work(1, 0, 1), bert, at: 501) == [
                .compare(work(1, 0, 1), first: anna, second: bert)
            ]
        )
        #expect(machine.position.completedStepCount == 2)
    }

    /// Lets time pass, with a worker that lives and answers nothing, until it is asked again for
    /// something; returns when, and for what.
    private func timeOfAskingAgain(
        _ machine: inout Coordinator,
        _ worker: WorkerID
    ) throws -> (Duration, Work) {
        for _ in 0..<1_000 {
            let time = try #require(machine.nextDeadline)
            let heartbeat = WorkerMessage.heartbeat(Self.stamp)
            _ = machine.handle(.received(heartbeat, from: worker), at: time)
            for action in machine.handle(.deadlineReached, at: time) {
                if case .send(.work(let work, _), worker) = action { return (time, work) }
            }
        }
        throw NeverAskedAgain()
    }

    private struct NeverAskedAgain: Error {}

    @Test func `asks again in time a worker of which it knows no more than a bound`() throws {
        var machine = running([anna], shardCount: 64)
        let (first, work) = try timeOfAskingAgain(&machine, anna)
        // The first request was lost: so long the worker has not taken for a lease.
        _ = machine.handle(
            .received(.answer(work, Self.stamp), from: anna),
            at: first + .milliseconds(10)
        )
        let (second, _) = try timeOfAskingAgain(&machine, anna)
        let silenceMax = Duration.seconds(10)
        #expect(second - first <= silenceMax * 3 + .milliseconds(10), "\(first), \(second)")
    }

    @Test func `asks the holder again, ever later, while nobody is idle`() {
        var machine = running([anna], shardCount: 1)
        for step in 0..<2 {
            _ = answer(&machine, work(step, 0, 0), anna, at: 100 * step + 100)
        }
        // The mean is 100 ms, the deviation 37.5.
        #expect(machine.nextDeadline == .milliseconds(450))
        let again = [send(work(2, 0, 0), to: anna), parameters(2, to: anna)]
        #expect(machine.handle(.deadlineReached, at: .milliseconds(450)) == again)
        #expect(machine.nextDeadline == .milliseconds(950))
        #expect(machine.handle(.deadlineReached, at: .milliseconds(950)) == again)
    }

    @Test func `waits for the first answers as long as for a sign of life`() {
        var machine = running([anna], shardCount: 1)
        let heartbeat = WorkerMessage.heartbeat(Self.stamp)
        _ = machine.handle(.received(heartbeat, from: anna), at: .seconds(9))
        #expect(
            machine.handle(.deadlineReached, at: .seconds(10)) == [
                .send(.heartbeat(Self.stamp), to: anna), send(work(0, 0, 0), to: anna),
                parameters(0, to: anna),
            ]
        )
    }

    @Test func `expects of a worker that has shown nothing what the others have shown`() {
        var machine = running([anna, bert], shardCount: 2)
        _ = answer(&machine, work(0, 0, 0), anna, at: 100)
        // Twice 100 ms and four deviations of 50.
        #expect(machine.nextDeadline == .milliseconds(600))
        let actions = machine.handle(.deadlineReached, at: .milliseconds(600))
        #expect(actions.last == send(work(0, 0, 1), to: anna))
    }

    @Test func `lets an idle worker overtake one that is known to be slow`() {
        var machine = running([anna, bert], shardCount: 2)
        _ = answer(&machine, work(0, 0, 0), anna, at: 100)
        _ = answer(&machine, work(0, 0, 1), bert, at: 1_000)
        #expect(
            answer(&machine, work(1, 0, 0), anna, at: 1_100) == [
                .accept(work(1, 0, 0), isKept: false), send(work(1, 0, 1), to: anna),
            ]
        )
        let first = answer(&machine, work(1, 0, 1), anna, at: 1_200)
        #expect(first.starts(with: [.accept(work(1, 0, 1), isKept: true), .applyStep(index: 1)]))
    }

    @Test func `does not let a worker overtake one that is as fast`() {
        var machine = running([anna, bert], shardCount: 2)
        _ = answer(&machine, work(0, 0, 0), anna, at: 100)
        _ = answer(&machine, work(0, 0, 1), bert, at: 130)
        #expect(
            answer(&machine, work(1, 0, 0), anna, at: 200) == [
                .accept(work(1, 0, 0), isKept: false)
            ]
        )
    }

    @Test func `shares a step in proportion to the speed that workers have shown`() {
        var machine = running([anna, bert], shardCount: 8)
        _ = answer(&machine, work(0, 2, 0), anna, at: 100)
        let actions = answer(&machine, work(0, 2, 1), bert, at: 300)
        // Step 1 was leased ahead, in halves; of step 2, anna gets three quarters.
        #expect(
            actions == [
                .accept(work(0, 2, 1), isKept: false), .applyStep(index: 0),
                parameters(1, to: anna), parameters(1, to: bert),
                send(work(2, 2, 0), to: anna), send(work(2, 1, 3), to: bert),
                send(work(2, 1, 2), to: anna),
            ]
        )
    }

    @Test func `leases a share of several subtrees to nobody else before that worker is idle`() {
        var machine = running([anna, bert], shardCount: 16)
        _ = answer(&machine, work(0, 3, 1), bert, at: 100)
        // Of step 2, anna gets a quarter, which is one subtree, and bert the rest, which is two.
        let actions = answer(&machine, work(0, 3, 0), anna, at: 300)
        #expect(
            actions.suffix(3) == [
                send(work(2, 2, 0), to: anna), send(work(2, 2, 1), to: bert),
                send(work(2, 3, 1), to: bert),
            ]
        )
    }

    @Test func `leases what is left of a share to its worker while others compute`() {
        var machine = running([anna, bert], shardCount: 16, workerCountMin: 3)
        let hello = WorkerMessage.hello(protocolVersion: protocolVersion)
        var subtrees: [WorkerID: [Subtree]] = [:]
        for action in machine.handle(.received(hello, from: carl), at: .zero) {
            guard case .send(.work(let work, _), let worker) = action,
                work.round == .step(index: 0)
            else { continue }
            subtrees[worker, default: []].append(work.subtree)
        }
        // Five shards, six and five; anna and carl have taken theirs while bert has two left.
        #expect(
            subtrees.mapValues { $0.map { [$0.level, $0.index] } } == [
                anna: [[2, 0], [0, 4]], bert: [[0, 5], [1, 3], [1, 4], [0, 10]],
                carl: [[0, 11], [2, 3]],
            ]
        )
    }

    @Test func `leaves workers standing by that would take turns with others`() {
        var machine = running(
            [anna, bert, carl],
            shardCount: 4,
            stepCount: 20,
            workerCountAtOnce: 2
        )
        let isForCarl: (Coordinator.Action) -> Bool = { action in
            if case .send(_, carl) = action { true } else { false }
        }
        for step in 0..<5 {
            var actions = answer(&machine, work(step, 1, 1), bert, at: 200 * step + 100)
            actions += answer(&machine, work(step, 1, 0), anna, at: 200 * step + 110)
            #expect(!actions.contains(where: isForCarl))
        }
        #expect(machine.position.completedStepCount == 5)
        // Once one of the others has left, carl has a share.
        var actions = machine.handle(.received(.goodbye, from: bert), at: .milliseconds(1_050))
        var due = [(work: work(5, 1, 0), worker: anna), (work: work(6, 1, 0), worker: anna)]
        var carlsCount = 0
        for turn in 0..<60 {
            for case .send(.work(let work, _), let worker) in actions { due.append((work, worker)) }
            let position = machine.position.completedStepCount
            guard let next = due.firstIndex(where: { $0.work.version == position }) else { break }
            let (work, worker) = due.remove(at: next)
            carlsCount += worker == carl ? 1 : 0
            actions = answer(&machine, work, worker, at: 1_100 + 100 * turn)
        }
        #expect(machine.position.completedStepCount == 20)
        #expect(carlsCount >= 14)
    }

    @Test func `gives a worker that was slow at first a share again`() {
        var machine = running([anna, bert], shardCount: 2, stepCount: 400)
        var now = 0
        var bertsSteps: [Int] = []
        var ahead: [(work: Work, worker: WorkerID)] = []
        for step in 0..<399 {
            let leases = step < 2 ? firstLeases(of: step) : ahead.filter { $0.work.version == step }
            // Anna takes 100 ms a shard, bert so much more in the first ten steps.
            var ends: [(end: Int, work: Work, worker: WorkerID)] = []
            for (work, worker) in leases {
                let perShard = worker == bert && step < 10 ? 1_000 : 100
                ends.append((now + (perShard << work.subtree.level), work, worker))
                if worker == bert { bertsSteps.append(step) }
            }
            for (end, work, worker) in ends.sorted(by: { $0.end < $1.end }) {
                for action in answer(&machine, work, worker, at: end) {
                    if case .send(.work(let work, _), let worker) = action {
                        ahead.append((work, worker))
                    }
                }
                now = end
            }
            #expect(machine.position.completedStepCount == step + 1)
        }
        #expect(bertsSteps.prefix(3) == [0, 1, bertsSteps[2]] && bertsSteps[2] > 2)
        let excluded = (0..<399).filter { !bertsSteps.contains($0) }
        #expect(!excluded.isEmpty && excluded.count < 200)
        #expect(bertsSteps.suffix(150) == Array(249..<399)[...])
    }

    /// What two workers hold of the first two steps: a shard each.
    private func firstLeases(of step: Int) -> [(work: Work, worker: WorkerID)] {
        [(work(step, 0, 0), anna), (work(step, 0, 1), bert)]
    }

    @Test func `divides what a lost worker held among those that are left`() {
        var machine = running([anna, bert, carl, WorkerID(rawValue: 0xD)], shardCount: 16)
        let actions = machine.handle(.disconnected(bert), at: .zero)
        #expect(
            actions.dropFirst().prefix(4) == [
                send(work(0, 0, 4), to: anna), send(work(0, 0, 5), to: carl),
                send(work(0, 0, 6), to: WorkerID(rawValue: 0xD)), send(work(0, 0, 7), to: anna),
            ]
        )
        // A late answer of the one that was lost makes the parts void.
        let late = answer(&machine, work(0, 2, 1), bert, at: 1)
        #expect(
            late == [.send(.rejoin(Self.stamp), to: bert), .accept(work(0, 2, 1), isKept: false)]
        )
        #expect(answer(&machine, work(0, 0, 5), carl, at: 2) == [])
    }

    @Test func `has the rest computed where a part of a late answer is there already`() {
        var machine = running([anna, bert, carl], shardCount: 12)
        _ = machine.handle(.disconnected(bert), at: .zero)
        #expect(
            answer(&machine, work(0, 1, 2), anna, at: 1) == [.accept(work(0, 1, 2), isKept: false)]
        )
        let late = answer(&machine, work(0, 2, 1), bert, at: 2)
        #expect(late == [.send(.rejoin(Self.stamp), to: bert)])
        #expect(
            answer(&machine, work(0, 1, 3), carl, at: 3) == [.accept(work(0, 1, 3), isKept: false)]
        )
    }
}
