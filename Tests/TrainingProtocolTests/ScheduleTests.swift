import Testing
import TrainingProtocol

struct ScheduleTests {
    private let mnist = Schedule(
        trainingSampleCount: 54_000,
        validationSampleCount: 6_000,
        testSampleCount: 10_000,
        batchSize: 32,
        epochCount: 5
    )

    @Test func `counts the steps of the default job`() {
        #expect(mnist.stepsPerEpoch == 1_688)
        #expect(mnist.stepCount == 8_440)
        #expect(mnist.shardCount(of: .step(index: 0)) == 2)
        #expect(mnist.samples(of: .step(index: 1_687)) == 53_984..<54_000)
        #expect(mnist.shardCount(of: .step(index: 1_687)) == 1)
        #expect(mnist.shardCount(of: .validation(epochIndex: 0)) == 375)
        #expect(mnist.shardCount(of: .test) == 625)
    }

    @Test func `visits every sample of every epoch once, whatever the batch`() {
        for batchSize in [1, 5, 16, 17, 40, 100, 1_000] {
            let schedule = Schedule(
                trainingSampleCount: 333,
                validationSampleCount: 40,
                testSampleCount: 33,
                batchSize: batchSize,
                epochCount: 2
            )
            var position = Position()
            var visits: [Round: [Int]] = [:]
            var epochs: [[Int]] = [[], []]
            while let round = schedule.round(after: position) {
                let shardCount = schedule.shardCount(of: round)
                let samples = (0..<shardCount).flatMap {
                    schedule.samples(of: Subtree(level: 0, index: $0), in: round)
                }
                if case .step(let index) = round {
                    epochs[index / schedule.stepsPerEpoch] += samples
                } else {
                    visits[round] = samples
                }
                position = position.advanced(past: round)
            }
            #expect(epochs == [Array(0..<333), Array(0..<333)])
            #expect(visits[.validation(epochIndex: 0)] == Array(0..<40))
            #expect(visits[.validation(epochIndex: 1)] == Array(0..<40))
            #expect(visits[.test] == Array(0..<33))
            #expect(visits.count == 3)
        }
    }

    @Test func `validates after each epoch and tests once at the end`() {
        let schedule = Schedule(
            trainingSampleCount: 32,
            validationSampleCount: 0,
            testSampleCount: 16,
            batchSize: 16,
            epochCount: 2
        )
        var position = Position()
        var rounds: [Round] = []
        while let round = schedule.round(after: position) {
            rounds.append(round)
            position = position.advanced(past: round)
        }
        #expect(
            rounds == [
                .step(index: 0), .step(index: 1), .validation(epochIndex: 0),
                .step(index: 2), .step(index: 3), .validation(epochIndex: 1), .test,
            ]
        )
    }

    @Test func `goes on where a shorter run ended`() {
        let longer = Schedule(
            trainingSampleCount: 32,
            validationSampleCount: 16,
            testSampleCount: 16,
            batchSize: 16,
            epochCount: 4
        )
        let end = Position(completedStepCount: 4, recordedEpochCount: 2)
        #expect(longer.round(after: end) == .step(index: 4))
        let unrecorded = Position(completedStepCount: 4, recordedEpochCount: 1)
        #expect(longer.round(after: unrecorded) == .validation(epochIndex: 1))
    }
}
