import Figures
import Testing

@testable import TrainingDriver

struct StoppingRuleTests {
    private func epochs(_ figures: [(loss: Double, accuracy: Double)]) -> [EpochRecord] {
        figures.enumerated().map { index, figures in
            EpochRecord(
                epochIndex: index,
                training: Metrics(loss: 0, accuracy: 1),
                validation: Metrics(loss: figures.loss, accuracy: figures.accuracy),
                seconds: 1,
                throughputSamplesPerSecond: 1
            )
        }
    }

    @Test func `ends with the first epoch whose accuracy is enough`() {
        let rule = StoppingRule(accuracy: 0.9)
        #expect(!StoppingRule().isActive && rule.isActive)
        let all = epochs([(0.5, 0.8), (0.4, 0.9), (0.6, 0.7)])
        #expect((1...3).map { rule.isEnough(Array(all.prefix($0))) } == [false, true, true])
        #expect(rule.reachingEpochIndex(in: all) == 1)
        #expect(!StoppingRule().isEnough(all))
    }

    @Test func `ends after its patience without a lower loss`() {
        let rule = StoppingRule(patience: 2)
        let all = epochs([(0.5, 0), (0.4, 0), (0.4, 0), (0.3, 0), (0.31, 0), (.nan, 0)])
        let verdicts = (1...6).map { rule.isEnough(Array(all.prefix($0))) }
        #expect(verdicts == [false, false, false, false, false, true])
        #expect(EpochRecord.best(of: Array(all.prefix(3))) == 1)
        #expect(EpochRecord.best(of: all) == 3)
        #expect(EpochRecord.best(of: []) == nil)
    }

    @Test func `goes by the moving average where there is one`() {
        var all = epochs([(0.5, 0.8), (0.6, 0.7)])
        all[0].averageValidation = Metrics(loss: 0.9, accuracy: 0.5)
        all[1].averageValidation = Metrics(loss: 0.3, accuracy: 0.95)
        #expect(EpochRecord.best(of: all) == 1)
        #expect(StoppingRule(accuracy: 0.9).reachingEpochIndex(in: all) == 1)
    }
}
