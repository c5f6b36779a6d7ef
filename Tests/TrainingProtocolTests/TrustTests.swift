import Testing

@testable import TrainingProtocol

/// What rests on whose word.
struct TrustTests {
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)
    private let schedule = Schedule(
        trainingSampleCount: 160,
        validationSampleCount: 0,
        testSampleCount: 0,
        batchSize: 32,
        epochCount: 1
    )

    /// Nothing is known from before.
    private func trust() -> Trust {
        Trust(
            Coordinator.Settings(
                stamp: RunStamp(run: 1, generation: 2),
                schedule: schedule,
                input: InputSettings(geometry: "pad", scale: "unit"),
                workerCountMin: 1,
                stepsPerCheckpoint: 0
            )
        )
    }

    /// A step of two shards of which `workers` have given one each.
    private func step(_ index: Int, of workers: [WorkerID]) -> RoundProgress {
        var round = RoundProgress(verification: .none)
        round.begin(
            .step(index: index),
            at: Position(completedStepCount: index),
            in: schedule,
            shares: workers.map { RoundShare(worker: $0, weight: 1) }
        )
        for worker in workers {
            guard let subtree = round.lease(to: worker, helpsOthers: true) else { continue }
            _ = round.take(round.shape.work(subtree), from: worker)
        }
        return round
    }

    @Test func `knows what only one worker's word stands for until it is confirmed`() {
        var trust = trust()
        let round = step(3, of: [anna, bert])
        let work = round.shape.work(Subtree(level: 0, index: 0))
        trust.contest(work, of: anna, earlyWorkers: [])
        trust.noteSoleAnswers(of: 3, in: round)
        #expect(trust.soleAnswers.map(\.worker) == [anna, bert])
        trust.distrust(anna)
        #expect(trust.unverified.map(\.worker) == [anna])
        #expect(trust.contested(work) == anna)
        guard let contest = trust.takeContest(of: work) else {
            Issue.record("the contest is not remembered")
            return
        }
        trust.noteVerified(contest)
        #expect(trust.soleAnswers.map(\.worker) == [bert])
        #expect(trust.unverified == [])
    }

    @Test func `goes back to before the first step that a wrong worker stands alone for`() {
        var trust = trust()
        for index in 2...4 { trust.noteSoleAnswers(of: index, in: step(index, of: [anna, bert])) }
        trust.addRetreats(from: [anna], before: .step(index: 4), in: schedule)
        let doubt = Retreat(position: Position(completedStepCount: 2), isCertain: false)
        let certain = Retreat(position: Position(completedStepCount: 4), isCertain: true)
        #expect(trust.retreats == [doubt, certain])
        #expect(trust.takeRetreat(to: certain.position) == nil)
        #expect(trust.takeRetreat(to: doubt.position) == doubt)
        #expect(trust.retreats == [certain])
    }

    @Test func `forgets the oldest contests of closed rounds beyond sixteen`() {
        var trust = trust()
        let works = (0..<20).map {
            Work(round: .step(index: $0), subtree: Subtree(level: 0, index: 0), version: $0)
        }
        for work in works { trust.contest(work, of: anna, earlyWorkers: []) }
        var actions: [Coordinator.Action] = []
        trust.forgetOldContests(but: .step(index: 0), .step(index: 1), into: &actions)
        #expect(actions == [.forget(works[2]), .forget(works[3])])
        #expect(trust.contested(works[0]) == anna)
    }
}
