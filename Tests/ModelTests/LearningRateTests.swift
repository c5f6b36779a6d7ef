import Foundation
import Testing

@testable import Model

struct LearningRateTests {
    @Test func `stays as it is unless told otherwise`() {
        let rate = LearningRate(0.5)
        #expect([1, 2, 1_000_000].map(rate.rate) == [0.5, 0.5, 0.5])
    }

    @Test func `rises in a straight line to the start`() {
        let rate = LearningRate(0.8, warmUpStepCount: 4, stepCount: 10)
        #expect((1...6).map(rate.rate) == [0.2, 0.4, 0.8 * 3 / 4, 0.8, 0.8, 0.8])
    }

    @Test func `falls along a line from the warm-up's end to the floor at the run's`() {
        let rate = LearningRate(
            1,
            floor: 0.2,
            decay: .linear,
            warmUpStepCount: 2,
            stepCount: 10
        )
        let expected = [0.5, 1, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2]
        for (step, value) in zip(1..., expected) {
            #expect(abs(rate.rate(step: step) - value) < 1e-12, "step \(step)")
        }
    }

    @Test func `falls along half a cosine`() {
        let rate = LearningRate(3, floor: 1, decay: .cosine, stepCount: 12)
        let root = 0.5.squareRoot()
        for (step, value) in [(1, 3), (4, 2 + root), (7, 2), (10, 2 - root)] {
            #expect(abs(rate.rate(step: step) - value) < 1e-12, "step \(step)")
        }
        #expect(rate.rate(step: 13) == 1)
        #expect((1..<12).allSatisfy { rate.rate(step: $0) > rate.rate(step: $0 + 1) })
    }

    @Test func `falls by a factor, and not below the floor`() {
        let rate = LearningRate(
            8,
            floor: 1.5,
            decay: .stepwise(stepCount: 3, factor: 0.5),
            stepCount: 12
        )
        #expect((1...12).map(rate.rate) == [8, 8, 8, 4, 4, 4, 2, 2, 2, 1.5, 1.5, 1.5])
    }

    @Test func `has a cosine that is the C library's to 1e-15, and its own to the bit`() {
        for index in 0...10_000 {
            let x = Double(index) / 10_000
            #expect(abs(cosine(halfTurns: x) - cos(x * Double.pi)) < 1e-15, "\(x)")
        }
        #expect(cosine(halfTurns: 0) == 1)
        #expect(cosine(halfTurns: 0.5) == 0)
        #expect(cosine(halfTurns: 1) == -1)
    }
}
