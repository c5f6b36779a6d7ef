import Testing

@testable import TrainingProtocol

/// Who computes which shards of a round.
struct RoundProgressTests {
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)

    /// A step of four shards, all of which anna was leased as one subtree.
    private func begun() -> RoundProgress {
        var progress = RoundProgress(verification: .none)
        let schedule = Schedule(
            trainingSampleCount: 64,
            validationSampleCount: 0,
            testSampleCount: 0,
            batchSize: 64,
            epochCount: 1
        )
        progress.begin(
            .step(index: 0),
            at: Position(),
            in: schedule,
            shares: [RoundShare(worker: anna, weight: 1)]
        )
        #expect(progress.lease(to: anna, helpsOthers: true) == Subtree(level: 2, index: 0))
        return progress
    }

    @Test func `offers the rest of a lease of which another answer has brought a part`() {
        var progress = begun()
        let right = Subtree(level: 1, index: 1)
        progress.table.lease(right, to: bert)
        let taking = progress.take(progress.shape.work(right), from: bert)
        #expect(taking == .first(isContested: false))
        // No answer of the whole could be taken any more.
        #expect(progress.table.leases == [])
        let whole = progress.shape.work(Subtree(level: 2, index: 0))
        #expect(progress.take(whole, from: anna) == .unneeded)
        let left = Subtree(level: 1, index: 0)
        let parts = (0..<2).compactMap { _ in progress.lease(to: bert, helpsOthers: true) }
        #expect(parts == [left])
        #expect(progress.take(progress.shape.work(left), from: bert) == .first(isContested: false))
        #expect(progress.answers.areComplete)
    }

    @Test func `leaves a part to whoever computes it already`() {
        var progress = begun()
        let (left, right) = (Subtree(level: 1, index: 0), Subtree(level: 1, index: 1))
        progress.table.lease(left, to: bert)
        progress.table.lease(right, to: bert)
        _ = progress.take(progress.shape.work(right), from: bert)
        #expect(progress.table.leases.map(\.subtree) == [left])
        #expect(progress.lease(to: anna, helpsOthers: true) == nil)
    }
}
