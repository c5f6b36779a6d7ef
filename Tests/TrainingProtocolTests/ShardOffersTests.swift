import Testing

@testable import TrainingProtocol

/// What of a round is still to be leased, and to whom it goes.
struct ShardOffersTests {
    private let anna = WorkerID(rawValue: 0xA)
    private let bert = WorkerID(rawValue: 0xB)
    private let carl = WorkerID(rawValue: 0xC)

    /// A validation round, whose leases are of sixteen shards at most.
    private func shape(shardCount: Int) -> RoundShape {
        let schedule = Schedule(
            trainingSampleCount: 16,
            validationSampleCount: shardCount * 16,
            testSampleCount: 0,
            batchSize: 16,
            epochCount: 1
        )
        return RoundShape(.validation(epochIndex: 0), at: Position(), in: schedule)
    }

    private func offers(_ shape: RoundShape, _ weights: [(WorkerID, Int)]) -> ShardOffers {
        var offers = ShardOffers()
        offers.begin(shape, among: weights.map { RoundShare(worker: $0.0, weight: $0.1) })
        return offers
    }

    private func shards(_ offers: inout ShardOffers, _ worker: WorkerID, _ shape: RoundShape)
        -> Range<Int>?
    {
        offers.take(for: worker, helpsOthers: true).map { shape.shards(of: $0) }
    }

    @Test func `gives a worker its own share, then what is last of the longest other`() {
        let shape = shape(shardCount: 96)
        var offers = offers(shape, [(anna, 1), (bert, 4), (carl, 1)])
        #expect(shards(&offers, anna, shape) == 0..<16)
        #expect(!offers.hasShare(of: anna))
        #expect(shards(&offers, anna, shape) == 64..<80)
        #expect(shards(&offers, bert, shape) == 16..<32)
        #expect(offers.hasShare(of: carl))
    }

    @Test func `gives one that helps nobody only what is nobody's share`() {
        let shape = shape(shardCount: 32)
        var offers = offers(shape, [(anna, 1), (bert, 1)])
        #expect(offers.take(for: carl, helpsOthers: false) == nil)
        let lost = offers.takeShare(of: bert)
        #expect(lost == [Subtree(level: 4, index: 1)])
        offers.offer(Array(16..<32), of: lost[0], in: shape, heirCount: 2)
        #expect(offers.take(for: carl, helpsOthers: false) == Subtree(level: 3, index: 2))
        #expect(offers.take(for: carl, helpsOthers: false) == Subtree(level: 3, index: 3))
        #expect(offers.take(for: carl, helpsOthers: false) == nil)
        #expect(!offers.isEmpty)
    }

    @Test func `offers every shard to whoever comes where there is no worker`() {
        let shape = shape(shardCount: 5)
        var offers = offers(shape, [])
        #expect((0..<5).allSatisfy { offers.include($0, of: shape) })
        #expect(shards(&offers, anna, shape) == 0..<5)
        #expect(offers.isEmpty)
    }

    @Test func `takes back what a late answer has brought`() {
        let shape = shape(shardCount: 8)
        var offers = offers(shape, [(anna, 1)])
        var answers = RoundAnswers()
        answers.begin(shardCount: 8)
        let late = FirstAnswer(subtree: Subtree(level: 1, index: 1), worker: bert)
        answers.take(late, of: 2..<4, isAwaitingSecond: false)
        offers.withdraw(2..<4, answers, in: shape)
        #expect(shards(&offers, anna, shape) == 0..<2)
        #expect(shards(&offers, anna, shape) == 4..<8)
        #expect(offers.isEmpty)
    }

    /// A step whose leases are of any size.
    private func step(shardCount: Int) -> RoundShape {
        let schedule = Schedule(
            trainingSampleCount: shardCount * 16,
            validationSampleCount: 0,
            testSampleCount: 0,
            batchSize: shardCount * 16,
            epochCount: 1
        )
        return RoundShape(.step(index: 0), at: Position(), in: schedule)
    }

    /// What each worker is leased if it takes from its own share only.
    private func spans(_ shardCount: Int, _ weights: [(WorkerID, Int)]) -> [[Range<Int>]] {
        let shape = step(shardCount: shardCount)
        var offers = offers(shape, weights)
        return weights.map { worker, _ in
            var own: [Range<Int>] = []
            while offers.hasShare(of: worker), let next = shards(&offers, worker, shape) {
                own.append(next)
            }
            return own
        }
    }

    @Test func `leaves shares equal where workers differ little, for they are one subtree each`() {
        #expect(spans(64, [(anna, 100), (bert, 90)]) == [[0..<32], [32..<64]])
        #expect(spans(16, [(anna, 70), (bert, 100)]) == [[0..<8], [8..<16]])
        #expect(spans(2, [(anna, 70), (bert, 100)]) == [[0..<1], [1..<2]])
    }

    @Test func `divides many shards more finely, into few subtrees`() {
        #expect(
            spans(64, [(anna, 100), (bert, 80)])
                == [[0..<32, 32..<36], [36..<40, 40..<48, 48..<64]]
        )
        #expect(
            spans(64, [(anna, 100), (bert, 30)]) == [
                [0..<32, 32..<48, 48..<50], [50..<52, 52..<56, 56..<64],
            ]
        )
    }

    @Test func `divides every number of shards among workers of any weights`() {
        for shardCount in 1..<200 {
            let weights = [(anna, 1_024), (bert, 1 + shardCount * 37 % 1_024), (carl, 700)]
            let all = spans(shardCount, weights).flatMap(\.self).flatMap(\.self)
            #expect(all == Array(0..<shardCount), "\(shardCount) shards")
        }
    }
}
